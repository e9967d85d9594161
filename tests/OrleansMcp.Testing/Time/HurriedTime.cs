namespace OrleansMcp.Tests.Time;

/// <summary>A clock that runs by itself, so many times as fast as the machine's: for tests in which somebody waits for a minute to pass.</summary>
internal sealed class HurriedTime(int times) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();
    private readonly DateTimeOffset _beganAt = System.GetUtcNow();

    public override long GetTimestamp() => _began + ((System.GetTimestamp() - _began) * times);

    public override DateTimeOffset GetUtcNow() => _beganAt + (System.GetElapsedTime(_began) * times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Hurried(dueTime), Hurried(period)), this);

    private TimeSpan Hurried(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / times;

    private sealed class Timer(ITimer timer, HurriedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Hurried(dueTime), time.Hurried(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
