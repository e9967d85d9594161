using OrleansMcp.Quotas.Usage;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>What the tenant and its clients use, for operators.</summary>
internal sealed partial class TenantGrain
{
    public Task<TenantUsage> ReadUsageAsync(UsageQuery query) => IsStopped
        ? throw new TenantStoppedException()
        : CoveredAsync(() => _tenant.ReadUsageAsync(query, CancellationToken.None));
}
