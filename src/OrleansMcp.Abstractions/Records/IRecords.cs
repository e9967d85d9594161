using System.Text.Json;

namespace OrleansMcp;

/// <summary>
/// Reads and writes records for the session of the running call. A tool method takes it as a parameter. The name of the client's own
/// namespace is like <c>orders</c>, that of another client's namespace, which that client must share, like <c>bob/orders</c>. The session
/// also needs the permission <c>records:NAMESPACE:read</c> or <c>records:NAMESPACE:write</c>.
/// </summary>
/// <remarks>All methods throw <see cref="RecordException"/>. When the tool does not catch it, the client gets its code.</remarks>
public interface IRecords
{
    /// <summary>Reads a record; null when there is none.</summary>
    ValueTask<Record?> GetAsync(string @namespace, string key, CancellationToken cancellationToken = default);

    /// <summary>Reads records by their keys, all as of one moment. Missing records are left out.</summary>
    /// <param name="namespace">Where.</param>
    /// <param name="keys">The keys, at most <see cref="RecordLimits.PageLength"/>.</param>
    /// <param name="snapshot">
    /// The version of an earlier page, to read as of then; null: as of now. Former versions are kept for about a minute.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RecordPage> ReadAsync(string @namespace, IReadOnlyList<string> keys, long? snapshot = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a page of the records whose keys begin with a text, in ordinal order of their keys.</summary>
    /// <param name="namespace">Where.</param>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="limit">Records of the page, at most <see cref="RecordLimits.PageLength"/>.</param>
    /// <param name="after">The former page, to read the next one as of the same moment; null: the first page, as of now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RecordPage> QueryAsync(
        string @namespace, string prefix = "", int limit = RecordLimits.PageLength, RecordPage? after = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes records in one transaction and returns their new version, the same for all. Writes nothing unless every given version is
    /// current. Durable when it returns.
    /// </summary>
    /// <param name="namespace">Where.</param>
    /// <param name="reads">The versions that the tool has read and that must still be current.</param>
    /// <param name="writes">The writes, each key once.</param>
    /// <param name="cancellationToken">Cancels waiting. A transaction that was begun may still happen.</param>
    ValueTask<RecordTransaction> TransactAsync(
        string @namespace, IReadOnlyList<RecordRead> reads, IReadOnlyList<RecordWrite> writes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Shares one of the client's own namespaces with another client of the tenant, or stops sharing it. Returns all grants of the
    /// namespace.
    /// </summary>
    ValueTask<IReadOnlyList<RecordGrant>> ShareAsync(string @namespace, string client, RecordAccess access, CancellationToken cancellationToken = default);

    /// <summary>Reads the grants of one of the client's own namespaces.</summary>
    ValueTask<IReadOnlyList<RecordGrant>> ListGrantsAsync(string @namespace, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sets the JSON Schema that every record of one of the client's own namespaces must satisfy from then on, whoever writes it; null removes it.
    /// Refused when a record that is there does not.
    /// </summary>
    ValueTask SetSchemaAsync(string @namespace, JsonElement? schema, CancellationToken cancellationToken = default);

    /// <summary>Reads the JSON Schema of a namespace; null when it has none.</summary>
    ValueTask<JsonElement?> GetSchemaAsync(string @namespace, CancellationToken cancellationToken = default);
}

/// <summary>What of a record does not satisfy the schema of its namespace.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="Path">The place within its value, as a JSON pointer (RFC 6901); empty for the value itself.</param>
/// <param name="Problem">What does not fit there, for a person. Names no value.</param>
public sealed record RecordProblem(string Key, string Path, string Problem);

/// <summary>A page of records as of one moment.</summary>
/// <param name="Records">The records.</param>
/// <param name="Snapshot">The version of the namespace at which they were read.</param>
/// <param name="HasMore">Whether the query has more pages.</param>
public sealed record RecordPage(IReadOnlyList<Record> Records, long Snapshot, bool HasMore = false)
{
    /// <summary>The last key of the page. The next page begins after it.</summary>
    public string? Last { get; init; }
}

/// <summary>A transaction that was made.</summary>
/// <param name="Id">Its id, as in <see cref="Record.Transaction"/>.</param>
/// <param name="Version">The version of all records that it wrote.</param>
/// <param name="Deleted">The keys that it deleted.</param>
public sealed record RecordTransaction(Guid Id, long Version, IReadOnlyList<string> Deleted);

/// <summary>Why records were not read or written.</summary>
public sealed class RecordException : ModelContextProtocol.McpException
{
    internal const string Conflict = "conflict";
    internal const string NotFound = "not_found";
    internal const string SnapshotExpired = "snapshot_expired";
    internal const string Unavailable = "records_unavailable";
    internal const string InvalidArgument = "invalid_argument";
    internal const string SchemaMismatch = "schema_mismatch";

    /// <param name="code">The stable code that the client sees.</param>
    /// <param name="message">A sentence for a person.</param>
    public RecordException(string code, string message) : base(message) => Code = code;

    /// <summary>The stable code: <c>conflict</c>, <c>not_found</c>, <c>permission_denied</c>, <c>snapshot_expired</c>, <c>quota_exceeded</c>,
    /// <c>schema_mismatch</c>, <c>records_unavailable</c>, <c>held_back</c> or <c>invalid_argument</c>.</summary>
    public string Code { get; }

    /// <summary>The keys whose versions were not current.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The first places that do not satisfy the schema of the namespace.</summary>
    public IReadOnlyList<RecordProblem> Problems { get; init; } = [];

    /// <summary>When to try again, seconds; 0 where waiting does not help.</summary>
    public int RetryAfterSeconds { get; init; }

    internal QuotaRefusal? Refusal { get; init; }
}
