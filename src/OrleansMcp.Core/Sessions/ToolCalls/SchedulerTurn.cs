using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Waits for a place in the <see cref="FairScheduler"/>, and runs the call on the thread that <see cref="ToolConduct"/> chooses for its
/// tool. The place is given back at the handler's first await.
/// </summary>
internal sealed class SchedulerTurn(FairScheduler scheduler, TimeProvider time) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next) =>
        scheduler.TryEnter(call.Caller.Tenant, out var ticket) ? Begin(call, next, ticket) : QueueAsync(call, next);

    private async ValueTask<ToolCallOutcome> QueueAsync(RunningCall call, ToolCallContinuation next) =>
        await Begin(call, next, await scheduler.EnterAsync(call.Caller.Tenant, call.Token));

    private ValueTask<ToolCallOutcome> Begin(RunningCall call, ToolCallContinuation next, Ticket ticket)
    {
        call.Clock?.Start();
        var tool = call.Tool!;
        tool.HoldsThread = true;
        var thread = tool.Entry!.Conduct.Thread;
        if (thread == ToolThread.Callers)
        {
            return InvokeInTurn(call, tool, next, ticket, isCallers: true);
        }

        var options = TaskCreationOptions.DenyChildAttach | (thread == ToolThread.Own ? TaskCreationOptions.LongRunning : TaskCreationOptions.None);
        return new ValueTask<ToolCallOutcome>(Task.Factory.StartNew(
            () => InvokeInTurn(call, tool, next, ticket, isCallers: false).AsTask(), CancellationToken.None, options, TaskScheduler.Default).Unwrap());
    }

    private ValueTask<ToolCallOutcome> InvokeInTurn(RunningCall call, ToolRequest tool, ToolCallContinuation next, Ticket ticket, bool isCallers)
    {
        var began = time.GetTimestamp();
        try
        {
            return next.InvokeAsync(call);
        }
        finally
        {
            tool.HoldsThread = false;
            var elapsed = time.GetElapsedTime(began);
            call.HandledIn = isCallers ? elapsed : TimeSpan.Zero;
            tool.Entry!.Conduct.Observe(elapsed);
            scheduler.Leave(ticket);
        }
    }
}
