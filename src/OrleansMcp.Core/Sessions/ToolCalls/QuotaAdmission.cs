using Microsoft.Extensions.Logging;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Admits a call under the session's lease, charges what its <see cref="CallClock"/> measures, and abandons the call after its timeout. An
/// abandoned call keeps its slot, and is charged, until its handler returns.
/// </summary>
internal sealed partial class QuotaAdmission(
    SessionAccount account, CurrentRecord record, SessionMetrics metrics, ReplyWriter replies, TimeProvider time, ILogger logger) : IToolCallStage
{
    public async ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        if (await TryAdmitAsync(call) is { } refused)
        {
            return refused;
        }

        var isWatched = false;
        try
        {
            call.Clock = new CallClock(time);
            var work = next.InvokeAsync(call);
            if (!work.IsCompleted)
            {
                isWatched = true;
                return await WatchAsync(call, call.Clock, work.AsTask());
            }

            var outcome = work.GetAwaiter().GetResult();
            Charge(call.Clock, outcome.Reply.Length);
            return outcome;
        }
        catch (QuotaExceededException e)
        {
            return OverQuota(call, e.Refusal);
        }
        finally
        {
            if (!isWatched)
            {
                account.Meter.Release();
            }
        }
    }

    private async ValueTask<ToolCallOutcome?> TryAdmitAsync(RunningCall call)
    {
        try
        {
            return await account.AdmitAsync(call.Caller, call.Token) is { } refusal
                ? replies.WriteToolCall(call, ToolResults.OverQuota(refusal))
                : null;
        }
        catch (QuotaUnavailableException e)
        {
            return replies.WriteToolCall(call, ToolResults.QuotaUnavailable(e));
        }
    }

    /// <summary>Waits for a call that did not finish at once, until its timeout.</summary>
    private async Task<ToolCallOutcome> WatchAsync(RunningCall call, CallClock clock, Task<ToolCallOutcome> work)
    {
        var tool = call.Tool!;
        var (timeout, whose) = account.CallTimeout();
        var watch = new CallWatch(call, clock, timeout, time, () => Tick(clock));
        if (await Task.WhenAny(work, watch.Abandoned) == work)
        {
            watch.Dispose();
            Charge(clock, work.IsCompletedSuccessfully ? work.Result.Reply.Length : 0);
            account.Meter.Release();
            try
            {
                return await work;
            }
            catch (OperationCanceledException) when (call.Cancelled == CancelReason.TimedOut)
            {
                return OverQuota(call, new QuotaRefusal(Quota.CallTimeout, whose, RetryAfterSeconds: 0));
            }
        }

        if (tool.HoldsThread)
        {
            tool.Entry!.Conduct.HoldsThreads();
        }

        LogAbandoned(logger, tool.Name, record.Name);
        _ = OutliveAsync(call, work, watch, clock);
        return call.Cancelled == CancelReason.TimedOut
            ? OverQuota(call, new QuotaRefusal(Quota.CallTimeout, whose, RetryAfterSeconds: 0))
            : throw new OperationCanceledException(call.Token);
    }

    /// <summary>Charges an abandoned call until its handler returns.</summary>
    private async Task OutliveAsync(RunningCall call, Task work, CallWatch watch, CallClock clock)
    {
        metrics.Abandoned.Add(1);
        call.Keep();
        await work.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        watch.Dispose();
        metrics.Abandoned.Add(-1);
        call.Drop();
        Charge(clock, bytes: 0);
        account.Meter.Release();
    }

    private void Tick(CallClock clock)
    {
        account.Meter.Charge(Quota.Compute, clock.TakeUncharged());
        _ = account.Meter.RenewAsync();
    }

    private void Charge(CallClock clock, int bytes)
    {
        account.Meter.Charge(Quota.Compute, clock.TakeUncharged());
        account.Meter.Charge(Quota.OutputBytes, bytes);
    }

    private ToolCallOutcome OverQuota(RunningCall call, QuotaRefusal refusal)
    {
        account.Report(call.Caller, refusal);
        return replies.WriteToolCall(call, ToolResults.OverQuota(refusal));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} ignores its cancellation in session {Session}; it is left to itself.")]
    private static partial void LogAbandoned(ILogger logger, string tool, string session);
}
