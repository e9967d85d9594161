using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Quotas;

/// <summary>
/// Watches a call that did not return at once: cancels it at its timeout, completes <see cref="Abandoned"/> when the handler ignores the
/// cancellation, and calls back every <see cref="s_tick"/> so that the session charges what the call has used so far.
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
    /// <param name="clock">The clock of its handler.</param>
    /// <param name="timeout">How long the handler may take; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="time">The clock of the timers.</param>
    /// <param name="tick">Called every <see cref="s_tick"/> until <see cref="Dispose"/>.</param>
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

    /// <summary>Completes when the handler was cancelled and did not return within <see cref="Grace"/>.</summary>
    public Task Abandoned => _abandoned.Task;

    /// <summary>Stops the timers. Called when the call was answered.</summary>
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
