using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Tenants;

/// <summary>What the tenant and its clients use, for operators.</summary>
public sealed partial class Tenant
{
    /// <inheritdoc/>
    public async ValueTask<TenantUsage> ReadUsageAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        await LoadedAsync();
        return _ledgers.ReadUsage(query);
    }
}
