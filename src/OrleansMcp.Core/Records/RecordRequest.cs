using System.Text.Json;

namespace OrleansMcp.Records;

/// <summary>What is asked of a namespace.</summary>
public enum RecordOperation
{
    /// <summary>Reads records by key, all as of one moment.</summary>
    Read,

    /// <summary>Reads records whose keys begin with a text, in order, a page at a time.</summary>
    Query,

    /// <summary>Writes records, all of them or none.</summary>
    Transact,

    /// <summary>Changes what another client may do here.</summary>
    Share,

    /// <summary>Lists what other clients may do here.</summary>
    Grants,

    /// <summary>Sets or removes what all records must satisfy.</summary>
    SetSchema,

    /// <summary>Reads what all records must satisfy.</summary>
    Schema,
}

/// <summary>A request to a namespace.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Author">Who asks.</param>
public sealed record RecordRequest(RecordOperation Operation, RecordAuthor Author)
{
    /// <summary>Names a transaction over all its deliveries: what was done under a name is not done again.</summary>
    public Guid Id { get; init; }

    /// <summary>The keys to read.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>As of which version of the namespace to read; null: as of now.</summary>
    public long? Snapshot { get; init; }

    /// <summary>What keys begin with.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The last key of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Records of a page, at most.</summary>
    public int Limit { get; init; } = RecordLimits.PageLength;

    /// <summary>Versions that a transaction rests on besides those of its writes.</summary>
    public IReadOnlyList<RecordRead> Reads { get; init; } = [];

    /// <summary>The writes of a transaction; no key twice.</summary>
    public IReadOnlyList<RecordWrite> Writes { get; init; } = [];

    /// <summary>The grant to set.</summary>
    public RecordGrant? Grant { get; init; }

    /// <summary>The JSON Schema to set; null removes it.</summary>
    public JsonElement? Schema { get; init; }
}
