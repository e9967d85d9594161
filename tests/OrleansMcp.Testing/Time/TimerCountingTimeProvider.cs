using Microsoft.Extensions.Time.Testing;

namespace OrleansMcp.Tests.Time;

/// <summary>
/// A <see cref="FakeTimeProvider"/> that tells how many one-shot timers are armed. Code that awaits one delay after another arms the next one on
/// another thread than the test's: a test that advances before that loses the advance, and its measurements depend on the load of the machine.
/// </summary>
internal sealed class TimerCountingTimeProvider : FakeTimeProvider
{
    private int _armed;

    /// <summary>One-shot timers that were created and have neither fired nor been disposed.</summary>
    public int ArmedTimers => Volatile.Read(ref _armed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || period > TimeSpan.Zero)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new CountedTimer(this);
        timer.Inner = base.CreateTimer(
            _ =>
            {
                timer.Disarm();
                callback(state);
            },
            state: null, dueTime, period);
        return timer;
    }

    private sealed class CountedTimer : ITimer
    {
        private readonly TimerCountingTimeProvider _owner;
        private int _isArmed = 1;

        public CountedTimer(TimerCountingTimeProvider owner)
        {
            _owner = owner;
            Interlocked.Increment(ref owner._armed);
        }

        public ITimer? Inner { get; set; }

        public void Disarm()
        {
            if (Interlocked.Exchange(ref _isArmed, 0) == 1)
            {
                Interlocked.Decrement(ref _owner._armed);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException("Only timers of delays are counted, which nothing changes.");

        public void Dispose()
        {
            Disarm();
            Inner?.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
