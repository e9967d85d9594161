using System.Collections.Concurrent;
using OrleansMcp.Configuration;
using OrleansMcp.Tenants;

namespace OrleansMcp.Embedded.Tenants;

/// <summary>The tenants of this process.</summary>
internal sealed class EmbeddedTenants(IConfigurationSource configuration, TimeProvider time) : ITenantDirectory
{
    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    public ITenant Get(string tenant) => Of(tenant);

    internal Tenant Of(string tenant) =>
        _tenants.GetOrAdd(tenant, static (id, shared) => new Tenant(id, shared.configuration, shared.time), (configuration, time));
}
