namespace OrleansMcp.ToolLogs;

/// <summary>A query of a tenant's tool log, with the permissions of the reader. Without a permission it returns nothing.</summary>
/// <param name="Tenant">The tenant of the verified caller, or the one that an operator named.</param>
/// <param name="Reader">The client or operator that reads.</param>
/// <param name="Permissions">Permissions of the kind <c>toollog:</c>; others are ignored.</param>
/// <param name="Filter">The entries to return.</param>
public sealed record ToolLogQuery(string Tenant, string Reader, IReadOnlyList<string> Permissions, ToolLogFilter Filter)
{
    /// <summary>Makes the query of an operator, with permission for all tools.</summary>
    public static ToolLogQuery ByOperator(string id, string tenant, ToolLogFilter filter) =>
        new(tenant, id, ["toollog:*"], filter);
}
