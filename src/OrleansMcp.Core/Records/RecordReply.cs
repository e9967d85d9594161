using System.Text.Json;
using OrleansMcp.Quotas;

namespace OrleansMcp.Records;

/// <summary>The outcome of a request to a namespace.</summary>
public enum RecordOutcome
{
    /// <summary>The request was executed; its writes are durable.</summary>
    Done,

    /// <summary>A version that the transaction named is not current. Nothing was written.</summary>
    Conflict,

    /// <summary>There is no such namespace for this client, whether or not there is one.</summary>
    NotFound,

    /// <summary>The client may read here and not write, or is not the owner.</summary>
    NotPermitted,

    /// <summary>The snapshot that the request reads is not held any more.</summary>
    SnapshotExpired,

    /// <summary>The transaction exceeds a quota. Nothing was written.</summary>
    OverQuota,

    /// <summary>The transaction exceeds a limit of the namespace. Nothing was written.</summary>
    OverLimit,

    /// <summary>A value does not satisfy the schema of the namespace. Nothing was written.</summary>
    SchemaMismatch,

    /// <summary>The schema is none, or one that is not checked here. It was not set.</summary>
    InvalidSchema,

    /// <summary>The store does not answer. A transaction may or may not have been made; it can be sent again under the same id.</summary>
    Unavailable,
}

/// <summary>The answer of a namespace.</summary>
/// <param name="Outcome">The outcome.</param>
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

    /// <summary>The grants of the namespace.</summary>
    public IReadOnlyList<RecordGrant> Grants { get; init; } = [];

    /// <summary>What does not satisfy the schema: the first places.</summary>
    public IReadOnlyList<RecordProblem> Problems { get; init; } = [];

    /// <summary>The JSON Schema of the namespace; null when it has none.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>The quota that the transaction exceeds.</summary>
    public QuotaRefusal? Refusal { get; init; }

    /// <summary>The limit that the transaction exceeds, or what is wrong with the schema, for a person.</summary>
    public string? Problem { get; init; }

    internal static RecordReply Unavailable { get; } = new(RecordOutcome.Unavailable);

    internal static RecordReply NotFound { get; } = new(RecordOutcome.NotFound);
}
