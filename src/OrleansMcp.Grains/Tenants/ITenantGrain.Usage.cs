using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Grains.Tenants;

internal partial interface ITenantGrain
{
    /// <summary>What the tenant and its clients use of their quotas.</summary>
    [Alias("usage")]
    Task<TenantUsage> ReadUsageAsync(UsageQuery query);
}
