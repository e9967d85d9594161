namespace OrleansMcp.Memory;

/// <summary>A sum of held bytes, and what it may be at most. Thread-safe.</summary>
internal abstract class MemoryAccount
{
    private long _held;
    private long _limit;

    public long Held => Volatile.Read(ref _held);

    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>Adds to what is held and returns the sum.</summary>
    public long Add(long bytes) => Interlocked.Add(ref _held, bytes);
}
