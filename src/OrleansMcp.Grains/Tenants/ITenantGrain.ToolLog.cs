using OrleansMcp.ToolLogs;

namespace OrleansMcp.Grains.Tenants;

internal partial interface ITenantGrain
{
    /// <summary>Appends summaries of calls.</summary>
    [Alias("appendcalls")]
    Task AppendCallsAsync(string tenant, ToolLogEntry[] entries);

    /// <summary>Reads the summaries that a query may see.</summary>
    [Alias("readcalls")]
    Task<ToolLogEntry[]> ReadCallsAsync(ToolLogQuery query);
}
