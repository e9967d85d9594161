namespace OrleansMcp.Memory;

/// <summary>What tenants and clients hold, for operators.</summary>
public sealed partial class HeldMemory
{
    /// <summary>The tenants that hold something or did.</summary>
    internal IEnumerable<TenantMemory> Tenants => _tenants.Values;

    /// <summary>What a tenant holds.</summary>
    public MemoryUse UseOf(string tenant) => _tenants.TryGetValue(tenant, out var memory)
        ? new(memory.Held, memory.Limit)
        : new(0, LimitOfTenant(tenant));

    /// <summary>What a client holds.</summary>
    public MemoryUse UseOf(string tenant, string client) => _clients.TryGetValue((tenant, client), out var memory)
        ? new(memory.Held, memory.Limit)
        : new(0, LimitOfClient(tenant, client));

    /// <summary>The clients that hold something at the moment, of all tenants, in any order.</summary>
    public IEnumerable<ClientHolding> Holdings() => _clients
        .Where(pair => pair.Value.Held > 0)
        .Select(pair => new ClientHolding(pair.Key.Tenant, pair.Key.Client, new(pair.Value.Held, pair.Value.Limit)));
}
