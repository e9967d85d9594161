using OrleansMcp.ToolLogs;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The tool log of the tenant, in this activation's memory only.</summary>
internal sealed partial class TenantGrain
{
    public async Task AppendCallsAsync(string tenant, ToolLogEntry[] entries) =>
        await _tenant.AppendCallsAsync(tenant, entries, CancellationToken.None);

    public async Task<ToolLogEntry[]> ReadCallsAsync(ToolLogQuery query) => [.. await _tenant.ReadCallsAsync(query, CancellationToken.None)];
}
