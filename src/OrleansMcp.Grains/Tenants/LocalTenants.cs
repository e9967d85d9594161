using System.Collections.Concurrent;
using OrleansMcp.Grains.Directory;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The tenant actors of this process: each publishes itself when it has taken up its sessions, and withdraws before it leaves. What every
/// session asks for (a place, a lease) is a method call then; it takes no turn, because the ledgers guard themselves.
/// </summary>
internal sealed class LocalTenants(LocalWay way)
{
    private readonly ConcurrentDictionary<string, TenantGrain> _live = new(StringComparer.Ordinal);

    public void Add(string tenant, TenantGrain actor) => _live[tenant] = actor;

    public void Remove(string tenant, TenantGrain actor) => _live.TryRemove(KeyValuePair.Create(tenant, actor));

    /// <summary>The actor, or null when it must be reached through its grain.</summary>
    public TenantGrain? Find(string tenant) =>
        _live.TryGetValue(tenant, out var actor) && way.IsOpenTo(actor.Activation) ? actor : null;
}
