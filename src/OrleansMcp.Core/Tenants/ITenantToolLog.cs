using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tenants;

/// <summary>
/// The summaries of a tenant's tool calls of the last day, in the memory of its actor. A batch or a query of another tenant is refused and
/// raises <c>cross_tenant_attempt</c>.
/// </summary>
public interface ITenantToolLog
{
    /// <summary>Appends summaries of calls, the oldest first.</summary>
    ValueTask AppendCallsAsync(string tenant, IReadOnlyList<ToolLogEntry> entries, CancellationToken cancellationToken);

    /// <summary>Reads the summaries that match the query and its permissions, the newest first.</summary>
    ValueTask<IReadOnlyList<ToolLogEntry>> ReadCallsAsync(ToolLogQuery query, CancellationToken cancellationToken);
}
