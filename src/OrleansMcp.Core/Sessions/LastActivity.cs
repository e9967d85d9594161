namespace OrleansMcp.Sessions;

/// <summary>When the last message of a session came, UTC. Read and written by any thread, without a lock: the latest write counts.</summary>
internal sealed class LastActivity(TimeProvider time, DateTimeOffset at)
{
    private long _ticks = at.UtcTicks;

    public DateTimeOffset At => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public void Touch() => Set(time.GetUtcNow());

    public void Set(DateTimeOffset at) => Volatile.Write(ref _ticks, at.UtcTicks);
}
