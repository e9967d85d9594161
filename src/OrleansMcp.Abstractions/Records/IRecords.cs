using System.Text.Json;

namespace OrleansMcp;

/// <summary>
/// Records as a tool sees them, in the name of the session that it runs for: ask for it as a parameter of a tool method. A namespace is
/// named <c>orders</c> when it is the client's own, and <c>bob/orders</c> when it is that of another client of the tenant, who has to share
/// it. The session needs the permission <c>records:NAMESPACE:read</c> or <c>records:NAMESPACE:write</c> besides.
/// </summary>
/// <remarks>All methods fail with a <see cref="RecordException"/>; a tool that lets it pass answers its client with its code.</remarks>
public interface IRecords
{
    /// <summary>The record; null when there is none.</summary>
    ValueTask<Record?> GetAsync(string @namespace, string key, CancellationToken cancellationToken = default);

    /// <summary>Records by their keys, all as of one moment; those that are missing are left out.</summary>
    /// <param name="namespace">Where.</param>
    /// <param name="keys">Which; at most <see cref="RecordLimits.PageLength"/>.</param>
    /// <param name="snapshot">As of the version of an earlier page; null: now. Former versions are held for about a minute.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RecordPage> ReadAsync(string @namespace, IReadOnlyList<string> keys, long? snapshot = null, CancellationToken cancellationToken = default);

    /// <summary>Records whose keys begin with a text, in ordinal order of their keys, a page at a time.</summary>
    /// <param name="namespace">Where.</param>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="limit">Records of the page, at most <see cref="RecordLimits.PageLength"/>.</param>
    /// <param name="after">The page before: this one goes on behind it, as of the same moment; null: the first page, as of now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RecordPage> QueryAsync(
        string @namespace, string prefix = "", int limit = RecordLimits.PageLength, RecordPage? after = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes records, all of them or none, and returns the version that all of them have then. Nothing happens unless every version that is
    /// named is current. Durable when it returns.
    /// </summary>
    /// <param name="namespace">Where.</param>
    /// <param name="reads">Versions that the writes rest on.</param>
    /// <param name="writes">The writes, each key once.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun may still happen.</param>
    ValueTask<RecordTransaction> TransactAsync(
        string @namespace, IReadOnlyList<RecordRead> reads, IReadOnlyList<RecordWrite> writes, CancellationToken cancellationToken = default);

    /// <summary>Lets another client of the tenant into one of the client's own namespaces, or shuts it out.</summary>
    ValueTask<IReadOnlyList<RecordGrant>> ShareAsync(string @namespace, string client, RecordAccess access, CancellationToken cancellationToken = default);

    /// <summary>Who else may do what in one of the client's own namespaces.</summary>
    ValueTask<IReadOnlyList<RecordGrant>> ListGrantsAsync(string @namespace, CancellationToken cancellationToken = default);
}

/// <summary>Some records as of one moment.</summary>
/// <param name="Records">The records.</param>
/// <param name="Snapshot">The version of the namespace they were read at.</param>
/// <param name="HasMore">Whether the query has more.</param>
public sealed record RecordPage(IReadOnlyList<Record> Records, long Snapshot, bool HasMore = false)
{
    /// <summary>The last key of the page; where the next one begins.</summary>
    public string? Last { get; init; }
}

/// <summary>A transaction that was made.</summary>
/// <param name="Id">Its name, as the records that it wrote carry it.</param>
/// <param name="Version">The version of everything it wrote.</param>
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

    /// <param name="code">The stable code that the client sees.</param>
    /// <param name="message">A sentence for a person.</param>
    public RecordException(string code, string message) : base(message) => Code = code;

    /// <summary>The stable code: <c>conflict</c>, <c>not_found</c>, <c>permission_denied</c>, <c>snapshot_expired</c>, <c>quota_exceeded</c>,
    /// <c>records_unavailable</c> or <c>invalid_argument</c>.</summary>
    public string Code { get; }

    /// <summary>The keys whose versions were not current.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>When to try again, seconds; 0: not by waiting.</summary>
    public int RetryAfterSeconds { get; init; }

    internal QuotaRefusal? Refusal { get; init; }
}
