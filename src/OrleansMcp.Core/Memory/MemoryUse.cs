namespace OrleansMcp.Memory;

/// <summary>What a tenant or a client holds in this process.</summary>
/// <param name="Held">The bytes that its requests and their replies hold now.</param>
/// <param name="Limit">The most bytes that they may hold.</param>
public readonly record struct MemoryUse(long Held, long Limit)
{
    /// <summary>The bytes that are left, 0 at least.</summary>
    public long Left => Math.Max(0, Limit - Held);
}

/// <summary>A client that holds something in this process.</summary>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Client">The client's id.</param>
/// <param name="Use">What it holds.</param>
public readonly record struct ClientHolding(string Tenant, string Client, MemoryUse Use);
