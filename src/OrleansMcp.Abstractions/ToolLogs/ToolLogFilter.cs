namespace OrleansMcp;

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
