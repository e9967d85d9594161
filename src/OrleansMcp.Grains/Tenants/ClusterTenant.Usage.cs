using OrleansMcp.Grains.Directory;
using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Grains.Tenants;

/// <summary>What the tenant and its clients use. Reads are repeated.</summary>
internal sealed partial class ClusterTenant
{
    public async ValueTask<TenantUsage> ReadUsageAsync(UsageQuery query, CancellationToken cancellationToken) =>
        await GrainRetry.RunAsync(() => grain.ReadUsageAsync(query));
}
