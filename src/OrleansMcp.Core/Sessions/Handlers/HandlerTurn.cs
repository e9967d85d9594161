using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// Waits for a place in the <see cref="FairScheduler"/>, and runs the call on the thread that <see cref="HandlerConduct"/> chooses for its
/// handler. The place is given back at the handler's first await.
/// </summary>
internal sealed class HandlerTurn(FairScheduler scheduler, TimeProvider time)
{
    /// <summary>Runs the handler of a call, whose <see cref="RunningCall.Conduct"/> is set, in its turn.</summary>
    /// <exception cref="QuotaExceededException">Too many calls of the tenant wait.</exception>
    public ValueTask<TResult> RunAsync<TTo, TResult>(RunningCall call, TTo to, Func<RunningCall, TTo, ValueTask<TResult>> work) =>
        scheduler.TryEnter(call.Caller.Tenant, out var ticket) ? Begin(call, to, work, ticket) : QueueAsync(call, to, work);

    private async ValueTask<TResult> QueueAsync<TTo, TResult>(RunningCall call, TTo to, Func<RunningCall, TTo, ValueTask<TResult>> work) =>
        await Begin(call, to, work, await scheduler.EnterAsync(call.Caller.Tenant, call.Token));

    private ValueTask<TResult> Begin<TTo, TResult>(RunningCall call, TTo to, Func<RunningCall, TTo, ValueTask<TResult>> work, Ticket ticket)
    {
        call.Clock?.Start();
        call.HoldsThread = true;
        var thread = call.Conduct!.Thread;
        return thread == HandlerThread.Callers
            ? InvokeInTurn(call, to, work, ticket, isCallers: true)
            : BeginElsewhere(call, to, work, ticket, thread);
    }

    // A method of its own, because its closure is made when the method begins.
    private ValueTask<TResult> BeginElsewhere<TTo, TResult>(
        RunningCall call, TTo to, Func<RunningCall, TTo, ValueTask<TResult>> work, Ticket ticket, HandlerThread thread)
    {
        var options = TaskCreationOptions.DenyChildAttach | (thread == HandlerThread.Own ? TaskCreationOptions.LongRunning : TaskCreationOptions.None);
        return new ValueTask<TResult>(Task.Factory.StartNew(
            () => InvokeInTurn(call, to, work, ticket, isCallers: false).AsTask(), CancellationToken.None, options, TaskScheduler.Default).Unwrap());
    }

    private ValueTask<TResult> InvokeInTurn<TTo, TResult>(
        RunningCall call, TTo to, Func<RunningCall, TTo, ValueTask<TResult>> work, Ticket ticket, bool isCallers)
    {
        var began = time.GetTimestamp();
        try
        {
            return work(call, to);
        }
        finally
        {
            call.HoldsThread = false;
            var elapsed = time.GetElapsedTime(began);
            call.HandledIn = isCallers ? elapsed : TimeSpan.Zero;
            call.Conduct!.Observe(elapsed);
            scheduler.Leave(ticket);
        }
    }
}
