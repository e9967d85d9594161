using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// Admits a call of a handler under the session's lease, charges what its <see cref="CallClock"/> measures, and abandons the call after its
/// timeout. An abandoned call keeps its slot, and is charged, until its handler returns.
/// </summary>
internal sealed class CallAdmission(SessionAccount account, CurrentRecord record, SessionMetrics metrics, TimeProvider time, FailureLog failures)
{
    /// <summary>Runs a call.</summary>
    /// <param name="call">The call. A tool call has <see cref="RunningCall.Tool"/>.</param>
    /// <param name="to">What <paramref name="work"/> gets, so that it needs no closure.</param>
    /// <param name="work">Runs the handler.</param>
    /// <param name="size">The bytes of its answer.</param>
    /// <exception cref="QuotaExceededException">It was not admitted, or took too long; the signal was raised.</exception>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<TResult> RunAsync<TTo, TResult>(
        RunningCall call, TTo to, Func<RunningCall, TTo, ValueTask<TResult>> work, Func<TResult, int> size)
    {
        if (await account.AdmitAsync(call.Caller, isTool: call.Tool is not null, call.Token) is { } refusal)
        {
            throw new QuotaExceededException(refusal);
        }

        var isWatched = false;
        try
        {
            call.Clock = new CallClock(time);
            var running = work(call, to);
            if (!running.IsCompleted)
            {
                isWatched = true;
                return await WatchAsync(call, call.Clock, running.AsTask(), size);
            }

            var result = running.GetAwaiter().GetResult();
            Charge(call.Clock, size(result));
            return result;
        }
        catch (QuotaExceededException e) when (e.Refusal.Quota is Quota.QueuedCalls or Quota.CallTimeout)
        {
            account.Report(call.Caller, e.Refusal);
            throw;
        }
        finally
        {
            if (!isWatched)
            {
                account.Meter.Release();
            }
        }
    }

    /// <summary>Waits for a call that did not finish at once, until its timeout.</summary>
    private async Task<TResult> WatchAsync<TResult>(RunningCall call, CallClock clock, Task<TResult> work, Func<TResult, int> size)
    {
        var (timeout, whose) = account.CallTimeout();
        var watch = new CallWatch(call, clock, account, timeout, time);
        if (await Task.WhenAny(work, watch.Abandoned) == work)
        {
            watch.Dispose();
            Charge(clock, work.IsCompletedSuccessfully ? size(work.Result) : 0);
            account.Meter.Release();
            try
            {
                return await work;
            }
            catch (OperationCanceledException) when (call.Cancelled == CancelReason.TimedOut)
            {
                throw TookTooLong(whose);
            }
        }

        if (call.HoldsThread)
        {
            call.Conduct!.HoldsThreads();
        }

        failures.Abandoned(call, record.Name);
        _ = OutliveAsync(call, work, watch, clock);
        throw call.Cancelled == CancelReason.TimedOut ? TookTooLong(whose) : new OperationCanceledException(call.Token);
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

    private static QuotaExceededException TookTooLong(QuotaScope whose) => new(new QuotaRefusal(Quota.CallTimeout, whose, RetryAfterSeconds: 0));

    private void Charge(CallClock clock, int bytes)
    {
        account.ChargeCompute(clock.TakeUncharged());
        account.Meter.Charge(Quota.OutputBytes, bytes);
    }
}
