namespace OrleansMcp.ToolLogs;

/// <summary>Selects entries of a tool log.</summary>
public sealed record ToolLogFilter
{
    /// <summary>The largest number of entries in one answer.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only entries of this tool; null: of all tools.</summary>
    public string? Tool { get; init; }

    /// <summary>Only entries with this outcome; null: with any.</summary>
    public string? Outcome { get; init; }

    /// <summary>Only entries from this time on, UTC; null: all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Number of entries, at most <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 20;
}

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
