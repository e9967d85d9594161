using OrleansMcp.Sessions;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tenants;

/// <summary>The summaries of this tenant's tool calls.</summary>
public sealed partial class Tenant
{
    private readonly TenantToolLog _calls;

    /// <inheritdoc/>
    public ValueTask AppendCallsAsync(string tenant, IReadOnlyList<ToolLogEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count > 0 && IsOwn(new Caller(tenant, entries[0].Client, entries[0].Client), "refused by the tenant's actor: entries of a tool log"))
        {
            _calls.Append(entries);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ToolLogEntry>> ReadCallsAsync(ToolLogQuery query, CancellationToken cancellationToken) =>
        new(IsOwn(new Caller(query.Tenant, query.Reader, query.Reader), "refused by the tenant's actor: its tool log") ? _calls.Read(query) : []);
}
