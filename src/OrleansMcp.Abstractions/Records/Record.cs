using System.Text.Json;

namespace OrleansMcp;

/// <summary>One record, with its audit columns (seed 000: the record itself shows its author).</summary>
public sealed record Record
{
    /// <summary>Its key within the namespace: 1 to 256 visible characters.</summary>
    public required string Key { get; init; }

    /// <summary>Its value, any JSON, at most <see cref="RecordLimits.ValueBytes"/> bytes.</summary>
    public required JsonElement Value { get; init; }

    /// <summary>
    /// The number of the transaction that wrote it, counted within the namespace. Rises with every write and is never reused, even when a
    /// record is deleted and written again.
    /// </summary>
    public required long Version { get; init; }

    /// <summary>The client that created it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The client that wrote this version.</summary>
    public required string LastModifiedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The transaction that wrote this version.</summary>
    public required Guid Transaction { get; init; }

    /// <summary>The name of the session that wrote this version, which is neither the session id nor a credential.</summary>
    public required string Session { get; init; }

    /// <summary>The size that is charged to the quotas, bytes.</summary>
    internal long Size => RecordLimits.Overhead + Key.Length + Value.GetRawText().Length;
}

/// <summary>What a client may do with a namespace of another client.</summary>
public enum RecordAccess
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Read.</summary>
    Read,

    /// <summary>Read and write.</summary>
    Write,
}

/// <summary>A grant of a namespace's owner to another client of its tenant.</summary>
/// <param name="Client">The other client.</param>
/// <param name="Access">What the other client may do.</param>
public sealed record RecordGrant(string Client, RecordAccess Access);

/// <summary>Bounds that no configuration can raise: every store can write this much atomically.</summary>
public static class RecordLimits
{
    /// <summary>Characters of a key.</summary>
    public const int KeyLength = 256;

    /// <summary>Bytes of a value.</summary>
    public const int ValueBytes = 60 * 1024;

    /// <summary>Writes of one transaction.</summary>
    public const int Writes = 90;

    /// <summary>Bytes of all values of one transaction.</summary>
    public const int TransactionBytes = 1024 * 1024;

    /// <summary>Versions that one transaction may check.</summary>
    public const int Reads = 256;

    /// <summary>Keys of one read, and records of one page.</summary>
    public const int PageLength = 100;

    /// <summary>Bytes of the values of one page: a page ends early rather than being larger. One record is always in it.</summary>
    public const int PageBytes = 1024 * 1024;

    /// <summary>Clients that one namespace is shared with.</summary>
    public const int Grants = 100;

    /// <summary>The bytes charged for a record besides its key and value.</summary>
    internal const int Overhead = 200;
}
