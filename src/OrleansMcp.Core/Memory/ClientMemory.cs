namespace OrleansMcp.Memory;

/// <summary>What one client holds, and which of it is large enough to be worth giving up.</summary>
internal sealed class ClientMemory(TenantMemory tenant) : MemoryAccount
{
    private readonly Lock _gate = new(); // guards the set
    private readonly HashSet<HeldBytes> _large = [];

    public TenantMemory Tenant => tenant;

    /// <summary>How fast its requests come in.</summary>
    public InputPace Pace { get; } = new();

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
internal sealed class TenantMemory(string id) : MemoryAccount
{
    public string Id => id;
}
