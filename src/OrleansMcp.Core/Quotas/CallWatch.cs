using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Quotas;

/// <summary>
/// Watches a call that did not return at once: ends it when it takes too long, gives it up when it ignores its end, and lets its session
/// charge what it used so far from time to time.
/// </summary>
internal sealed class CallWatch : IDisposable
{
    /// <summary>How long a handler may take to return after it was cancelled.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(10);

    private readonly RunningCall _call;
    private readonly CallClock _clock;
    private readonly TimeSpan _timeout;
    private readonly ITimer _deadline;
    private readonly ITimer _grace;
    private readonly ITimer _ticks;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="call">The call.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="timeout">How long it may take; infinite for as long as it likes.</param>
    /// <param name="time">The clock of the timers.</param>
    /// <param name="tick">Called from time to time until the watch is disposed.</param>
    public CallWatch(RunningCall call, CallClock clock, TimeSpan timeout, TimeProvider time, Action tick)
    {
        (_call, _clock, _timeout) = (call, clock, timeout);
        _grace = time.CreateTimer(static self => ((CallWatch)self!)._abandoned.TrySetResult(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline = time.CreateTimer(static self => ((CallWatch)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ticks = time.CreateTimer(static tick => ((Action)tick!)(), tick, s_tick, s_tick);
        _cancelled = call.Token.UnsafeRegister(static self => ((CallWatch)self!)._grace.Change(Grace, Timeout.InfiniteTimeSpan), this);
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            Look();
        }
    }

    /// <summary>Completes when the handler was cancelled and did not return in time.</summary>
    public Task Abandoned => _abandoned.Task;

    /// <summary>The call was answered; from now on it is only charged.</summary>
    public void Dispose()
    {
        _cancelled.Dispose();
        _deadline.Dispose();
        _grace.Dispose();
        _ticks.Dispose();
    }

    private void Look()
    {
        var left = _timeout - _clock.Elapsed;
        if (left > TimeSpan.Zero)
        {
            _deadline.Change(left, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _call.Cancel(CancelReason.TimedOut);
        }
    }
}
