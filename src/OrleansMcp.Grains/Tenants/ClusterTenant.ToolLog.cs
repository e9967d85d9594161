using OrleansMcp.Grains.Directory;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The tool log. Entries are sent once, because a repeated call could append them twice; reads are repeated.</summary>
internal sealed partial class ClusterTenant
{
    public async ValueTask AppendCallsAsync(string tenant, IReadOnlyList<ToolLogEntry> entries, CancellationToken cancellationToken) =>
        await grain.AppendCallsAsync(tenant, [.. entries]);

    public async ValueTask<IReadOnlyList<ToolLogEntry>> ReadCallsAsync(ToolLogQuery query, CancellationToken cancellationToken) =>
        await GrainRetry.RunAsync(() => grain.ReadCallsAsync(query));
}
