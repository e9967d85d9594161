using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Quotas;

/// <summary>
/// Watches a call that did not return at once: cancels it at its timeout, completes <see cref="Abandoned"/> when the handler ignores the
/// cancellation, and charges every <see cref="s_tick"/> what the call has used so far.
/// </summary>
internal sealed class CallWatch : IDisposable
{
    /// <summary>How long a handler may take to return after it was cancelled.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(10);

    private readonly RunningCall _call;
    private readonly CallClock _clock;
    private readonly SessionAccount _account;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer; // of the next tick, or of the timeout if that comes before
    private readonly CancellationTokenRegistration _cancelled;
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ticked;
    private ITimer? _grace; // Most calls are never cancelled.

    /// <param name="call">The call.</param>
    /// <param name="clock">The clock of its handler.</param>
    /// <param name="account">Is charged.</param>
    /// <param name="timeout">How long the handler may take; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="time">The clock of the timers.</param>
    public CallWatch(RunningCall call, CallClock clock, SessionAccount account, TimeSpan timeout, TimeProvider time)
    {
        (_call, _clock, _account, _timeout, _time) = (call, clock, account, timeout, time);
        _ticked = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((CallWatch)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cancelled = call.Token.UnsafeRegister(static self => ((CallWatch)self!).BeginGrace(), this);
        Look();
    }

    /// <summary>Completes when the handler was cancelled and did not return within <see cref="Grace"/>.</summary>
    public Task Abandoned => _abandoned.Task;

    /// <summary>Stops the timers. Called when the call was answered.</summary>
    public void Dispose()
    {
        _cancelled.Dispose(); // Waits for BeginGrace.
        _timer.Dispose();
        _grace?.Dispose();
    }

    private void BeginGrace() =>
        _grace = _time.CreateTimer(static self => ((CallWatch)self!)._abandoned.TrySetResult(), this, Grace, Timeout.InfiniteTimeSpan);

    private void Look()
    {
        var untilTick = s_tick - _time.GetElapsedTime(_ticked);
        if (untilTick <= TimeSpan.Zero)
        {
            (_ticked, untilTick) = (_time.GetTimestamp(), s_tick);
            _account.ChargeCompute(_clock.TakeUncharged());
            _ = _account.Meter.RenewAsync();
        }

        var left = _timeout == Timeout.InfiniteTimeSpan ? untilTick : _timeout - _clock.Elapsed;
        _timer.Change(left > TimeSpan.Zero && left < untilTick ? left : untilTick, Timeout.InfiniteTimeSpan);
        if (left <= TimeSpan.Zero)
        {
            _call.Cancel(CancelReason.TimedOut);
        }
    }
}
