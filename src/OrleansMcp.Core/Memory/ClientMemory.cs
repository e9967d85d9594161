namespace OrleansMcp.Memory;

/// <summary>What one client holds, and which of it is large enough to be worth giving up.</summary>
internal sealed class ClientMemory(string id, TenantMemory tenant)
{
    private readonly Lock _gate = new(); // guards the set
    private readonly HashSet<HeldBytes> _large = [];
    private long _held;
    private long _limit;

    public string Id => id;

    public TenantMemory Tenant => tenant;

    /// <summary>How fast its requests come in.</summary>
    public InputPace Pace { get; } = new();

    public long Held => Volatile.Read(ref _held);

    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>Adds to what is held and returns the sum.</summary>
    public long Add(long bytes) => Interlocked.Add(ref _held, bytes);

    public void Enlist(HeldBytes large)
    {
        lock (_gate)
        {
            _large.Add(large);
        }
    }

    public void Delist(HeldBytes large)
    {
        lock (_gate)
        {
            _large.Remove(large);
        }
    }

    /// <summary>The bytes that were given up and are still held.</summary>
    public long Leaving
    {
        get
        {
            lock (_gate)
            {
                return _large.Sum(static one => one.IsGivenUp ? one.Bytes : 0);
            }
        }
    }

    /// <summary>The large holdings that were not given up yet, the largest first.</summary>
    public HeldBytes[] Large()
    {
        lock (_gate)
        {
            return [.. _large.Where(one => !one.IsGivenUp).OrderByDescending(one => one.Bytes)];
        }
    }
}

/// <summary>What all clients of one tenant hold.</summary>
internal sealed class TenantMemory(string id)
{
    private long _held;
    private long _limit;

    public string Id => id;

    public long Held => Volatile.Read(ref _held);

    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>Adds to what is held and returns the sum.</summary>
    public long Add(long bytes) => Interlocked.Add(ref _held, bytes);
}
