using System.Collections.Concurrent;
using OrleansMcp.Grains.Directory;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The tenant activations in this process. Each adds itself when it has loaded its sessions, and removes itself when it is deactivated.
/// Sessions register and take leases by method calls outside the grain's turns, because the ledgers are thread-safe.
/// </summary>
internal sealed class LocalTenants(LocalWay way)
{
    private readonly ConcurrentDictionary<string, TenantGrain> _live = new(StringComparer.Ordinal);

    public void Add(string tenant, TenantGrain actor) => _live[tenant] = actor;

    public void Remove(string tenant, TenantGrain actor) => _live.TryRemove(KeyValuePair.Create(tenant, actor));

    /// <summary>The activation; null when the tenant must be called through its grain.</summary>
    public TenantGrain? Find(string tenant) =>
        _live.TryGetValue(tenant, out var actor) && way.IsOpenTo(actor.Activation) ? actor : null;
}
