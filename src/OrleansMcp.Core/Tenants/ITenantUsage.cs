using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Tenants;

/// <summary>What a tenant and its clients use of their quotas, as its ledgers know it: over all processes of the cluster.</summary>
public interface ITenantUsage
{
    /// <summary>Reads what the tenant uses, and the clients that the query asks for.</summary>
    /// <exception cref="TenantStoppedException">The tenant is stopped.</exception>
    /// <exception cref="IOException">The ledgers cannot be read.</exception>
    ValueTask<TenantUsage> ReadUsageAsync(UsageQuery query, CancellationToken cancellationToken);
}
