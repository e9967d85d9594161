namespace OrleansMcp.Sessions;

/// <summary>When the last message of a session came, and when it was last used, UTC. Read and written by any thread, without a lock: the latest write counts.</summary>
internal sealed class LastActivity(TimeProvider time, DateTimeOffset at)
{
    private long _ticks = at.UtcTicks;
    private long _usedTicks;

    /// <summary>When the last message came: the idle time runs from here.</summary>
    public DateTimeOffset At => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>
    /// When the last message or reader left. A client that opens its stream again and again keeps the session in memory, and not from ending.
    /// </summary>
    public DateTimeOffset UsedAt => new(Math.Max(Volatile.Read(ref _ticks), Volatile.Read(ref _usedTicks)), TimeSpan.Zero);

    public void Touch() => Set(time.GetUtcNow());

    public void Use() => Volatile.Write(ref _usedTicks, time.GetUtcNow().UtcTicks);

    public void Set(DateTimeOffset at) => Volatile.Write(ref _ticks, at.UtcTicks);
}
