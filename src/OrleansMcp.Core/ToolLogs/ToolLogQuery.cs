namespace OrleansMcp.ToolLogs;

/// <summary>What somebody wants to see of a tool log.</summary>
public sealed record ToolLogFilter
{
    /// <summary>The most entries of one answer.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only of this tool; null: of all.</summary>
    public string? Tool { get; init; }

    /// <summary>Only with this outcome; null: with any.</summary>
    public string? Outcome { get; init; }

    /// <summary>Only from then on, UTC; null: from the beginning.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many, at most <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 20;
}

/// <summary>A query of a tool log: whose, by whom, and what that one may see of it. Nothing is seen without a permission.</summary>
/// <param name="Tenant">The tenant of the verified caller, or the one that an operator named.</param>
/// <param name="Reader">Who reads.</param>
/// <param name="Permissions">Permissions of the kind <c>toollog:</c>; all others mean nothing here.</param>
/// <param name="Filter">What is asked for.</param>
public sealed record ToolLogQuery(string Tenant, string Reader, IReadOnlyList<string> Permissions, ToolLogFilter Filter)
{
    /// <summary>The query of an operator, who sees all tools.</summary>
    public static ToolLogQuery ByOperator(string id, string tenant, ToolLogFilter filter) =>
        new(tenant, id, ["toollog:*"], filter);
}
