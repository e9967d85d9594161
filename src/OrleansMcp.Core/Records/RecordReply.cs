using OrleansMcp.Quotas;

namespace OrleansMcp.Records;

/// <summary>How a request to a namespace went.</summary>
public enum RecordOutcome
{
    /// <summary>It was done; what it wrote is durable.</summary>
    Done,

    /// <summary>A version that it rested on is not current. Nothing was done.</summary>
    Conflict,

    /// <summary>There is no such namespace for this client, whether or not there is one.</summary>
    NotFound,

    /// <summary>The client may read here and not write, or is not the owner.</summary>
    NotPermitted,

    /// <summary>The moment it wants to read lies too far back.</summary>
    SnapshotExpired,

    /// <summary>It would keep more than it may. Nothing was done.</summary>
    OverQuota,

    /// <summary>It would exceed a limit of the namespace. Nothing was done.</summary>
    OverLimit,

    /// <summary>The store does not answer. A transaction may or may not have been done; under the same name it can be sent again.</summary>
    Unavailable,
}

/// <summary>The answer of a namespace.</summary>
/// <param name="Outcome">How it went.</param>
public sealed record RecordReply(RecordOutcome Outcome)
{
    /// <summary>The version of the namespace that was read, or that a transaction made.</summary>
    public long Version { get; init; }

    /// <summary>The records that were read.</summary>
    public IReadOnlyList<Record> Records { get; init; } = [];

    /// <summary>Whether a query has more pages.</summary>
    public bool HasMore { get; init; }

    /// <summary>The keys in conflict.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The keys that a transaction deleted.</summary>
    public IReadOnlyList<string> Deleted { get; init; } = [];

    /// <summary>Who else may do what here.</summary>
    public IReadOnlyList<RecordGrant> Grants { get; init; } = [];

    /// <summary>The quota that it is over.</summary>
    public QuotaRefusal? Refusal { get; init; }

    /// <summary>The limit that it exceeds, for a person.</summary>
    public string? Problem { get; init; }

    internal static RecordReply Unavailable { get; } = new(RecordOutcome.Unavailable);

    internal static RecordReply NotFound { get; } = new(RecordOutcome.NotFound);
}
