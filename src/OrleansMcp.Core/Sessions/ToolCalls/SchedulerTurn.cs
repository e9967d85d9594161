using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Runs the call in its turn (<see cref="HandlerTurn"/>).</summary>
internal sealed class SchedulerTurn(HandlerTurn turn) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        call.Conduct = call.Tool!.Entry!.Conduct;
        return turn.RunAsync(call, next, static (call, next) => next.InvokeAsync(call));
    }
}
