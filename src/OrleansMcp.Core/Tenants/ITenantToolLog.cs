using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tenants;

/// <summary>
/// The summaries of a tenant's tool calls, for a day. They are its actor's, in memory, and of no other tenant: a batch or a query of another one
/// is refused and raises <c>cross_tenant_attempt</c>.
/// </summary>
public interface ITenantToolLog
{
    /// <summary>Takes summaries of calls that were made, the oldest first.</summary>
    ValueTask AppendCallsAsync(string tenant, IReadOnlyList<ToolLogEntry> entries, CancellationToken cancellationToken);

    /// <summary>The summaries that a query may see and asks for, the newest first.</summary>
    ValueTask<IReadOnlyList<ToolLogEntry>> ReadCallsAsync(ToolLogQuery query, CancellationToken cancellationToken);
}
