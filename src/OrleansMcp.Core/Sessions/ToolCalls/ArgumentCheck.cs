using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Checks the arguments against the tool's schema (<see cref="Tools.ArgumentSchema"/>).</summary>
internal sealed class ArgumentCheck(ReplyWriter replies) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next) =>
        call.Tool!.Entry?.Arguments.ProblemIn(call.Tool.Arguments) is { } problem
            ? new(replies.WriteToolCall(call, ToolResults.Failed(problem)))
            : next.InvokeAsync(call);
}
