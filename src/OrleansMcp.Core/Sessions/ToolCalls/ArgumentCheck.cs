using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Checks the arguments against the tool's schema (<see cref="Tools.ArgumentSchema"/>), and spells whole numbers as the tool can read them. The stages
/// that follow judge, and the tool gets, the same arguments.
/// </summary>
internal sealed class ArgumentCheck(ReplyWriter replies) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        var tool = call.Tool!;
        if (tool.Entry is { } entry)
        {
            if (entry.Arguments.ProblemIn(tool.Arguments) is { } problem)
            {
                return new(replies.WriteMistake(call, problem));
            }

            tool.Arguments = entry.Arguments.Normalise(tool.Arguments);
        }

        return next.InvokeAsync(call);
    }
}
