using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Records.Log;
using OrleansMcp.Records.Schemas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Records;

/// <summary>
/// The actor of one namespace. A transaction is checked and accepted in one step under the lock; transactions that were accepted together
/// become durable together, and only then are visible and answered. So transactions have one order, that of their versions, and no reader
/// sees one that the store may still refuse.
/// </summary>
/// <remarks>
/// Why that is strictly serialisable: a transaction is accepted only if every version it names is current among those accepted, so it takes
/// effect at that moment, and transactions that are accepted later do not change it; readers see a prefix of that order, which includes
/// everything that was answered before they began, because an answer is given only after its transaction joined the prefix.
/// </remarks>
public sealed partial class RecordSpace : IAsyncDisposable
{
    /// <summary>
    /// What a namespace takes from its first transaction on, whatever that was, bytes: its versions go on when it is empty, in a row that stays. So
    /// that nobody makes such rows without end, it counts as a namespace of its client for good.
    /// </summary>
    private const long PlaceBytes = 1;

    private readonly Lock _gate = new();
    private readonly RecordSpaceKey _key;
    private readonly IRecordLog _log;
    private readonly RecordHost _host;
    private readonly RecordTable _table = new();
    private readonly List<Pending> _pending = [];
    private readonly KnownTransactions _known;
    private IReadOnlyList<RecordGrant> _grants = []; // accepted
    private IReadOnlyList<RecordGrant> _durableGrants = [];
    private RecordSchema? _schema; // accepted
    private RecordSchema? _durableSchema;
    private Task? _loading;
    private bool _isWriting;
    private long _charged;

    /// <param name="key">Which namespace.</param>
    /// <param name="log">Its durable form.</param>
    /// <param name="host">What all namespaces of a process share.</param>
    public RecordSpace(RecordSpaceKey key, IRecordLog log, RecordHost host)
    {
        (_key, _log, _host) = (key, log, host);
        _known = new KnownTransactions(host.Time);
    }

    /// <summary>
    /// Whether this activation must be deactivated, because a write had an unknown outcome, another actor writes, or foreign records were
    /// found. The next activation reads the namespace from the store.
    /// </summary>
    public bool IsLost { get; private set; }

    /// <summary>
    /// Does what is asked; null when this actor is lost and another must be asked. What was asked may have been done by then; under
    /// the same name it is not done again.
    /// </summary>
    public async ValueTask<RecordReply?> ExecuteAsync(RecordRequest request, CancellationToken cancellationToken)
    {
        var reply = await LoadedAsync() ? await JudgeAsync(request, cancellationToken) : RecordReply.Unavailable;
        return IsLost && reply.Outcome == RecordOutcome.Unavailable ? null : reply;
    }

    /// <summary>What is charged for, after the last accepted transaction, bytes.</summary>
    private long HeldBytes => _table.Bytes + (_schema?.Size ?? 0) + (_table.Accepted > 0 ? PlaceBytes : 0);

    /// <summary>Closes the log.</summary>
    public ValueTask DisposeAsync() => _log.DisposeAsync();

    private ValueTask<RecordReply> JudgeAsync(RecordRequest request, CancellationToken cancellationToken)
    {
        RecordAccess access;
        bool isKnown;
        lock (_gate)
        {
            access = AccessOf(request.Author);
            isKnown = FindKnownLocked(request) is not null;
        }

        // A known transaction is answered even if its author has lost the permission since. Its id is derived from the session's key
        // (CallRecords), so no other session can ask for it.
        if (!isKnown && Refuse(request, access) is { } refusal)
        {
            return new(refusal);
        }

        return request.Operation switch
        {
            RecordOperation.Read => new(Read(request)),
            RecordOperation.Query => new(Query(request)),
            RecordOperation.Grants => new(new RecordReply(RecordOutcome.Done) { Grants = _durableGrants }),
            RecordOperation.Schema => new(new RecordReply(RecordOutcome.Done) { Schema = _durableSchema?.Json }),
            _ => TransactAsync(request, cancellationToken),
        };
    }

    /// <summary>What a client may do here. Another tenant's client could not even name this namespace; if one comes, it may nothing.</summary>
    private RecordAccess AccessOf(RecordAuthor author) =>
        author.Tenant != _key.Tenant ? RecordAccess.None
        : author.Client == _key.Owner ? RecordAccess.Write
        : _grants.FirstOrDefault(grant => grant.Client == author.Client)?.Access ?? RecordAccess.None;

    private RecordReply? Refuse(RecordRequest request, RecordAccess access)
    {
        var isOwner = request.Author.Tenant == _key.Tenant && request.Author.Client == _key.Owner;
        var writes = request.Operation is RecordOperation.Transact or RecordOperation.Share or RecordOperation.SetSchema;
        var owners = request.Operation is RecordOperation.Share or RecordOperation.Grants or RecordOperation.SetSchema;
        if (access == RecordAccess.None)
        {
            Raise(writes ? SignalName.CrossNamespaceWrite : SignalName.CrossNamespaceRead, request);
            return RecordReply.NotFound;
        }

        if ((owners && !isOwner) || (writes && access != RecordAccess.Write))
        {
            Raise(writes ? SignalName.CrossNamespaceWrite : SignalName.CrossNamespaceRead, request);
            return new RecordReply(RecordOutcome.NotPermitted);
        }

        return null;
    }

    private RecordReply Read(RecordRequest request)
    {
        lock (_gate)
        {
            var snapshot = request.Snapshot ?? _table.Durable;
            if (!HoldsLocked(snapshot))
            {
                return new RecordReply(RecordOutcome.SnapshotExpired);
            }

            var records = request.Keys.Select(key => _table.Find(key, snapshot)).OfType<Record>().ToArray();
            return new RecordReply(RecordOutcome.Done) { Records = records, Version = snapshot };
        }
    }

    private RecordReply Query(RecordRequest request)
    {
        lock (_gate)
        {
            var snapshot = request.Snapshot ?? _table.Durable;
            if (!HoldsLocked(snapshot))
            {
                return new RecordReply(RecordOutcome.SnapshotExpired);
            }

            var (page, bytes, hasMore) = (new List<Record>(), 0L, false);
            foreach (var record in _table.From(request.Prefix, request.After, snapshot))
            {
                bytes += record.Size;
                if (page.Count == request.Limit || (page.Count > 0 && bytes > RecordLimits.PageBytes))
                {
                    hasMore = true;
                    break;
                }

                page.Add(record);
            }

            return new RecordReply(RecordOutcome.Done) { Records = page, Version = snapshot, HasMore = hasMore };
        }
    }

    private bool HoldsLocked(long snapshot)
    {
        _table.Forget(_host.Time.GetUtcNow());
        return _table.Holds(snapshot);
    }

    private async ValueTask<bool> LoadedAsync()
    {
        Task loading;
        lock (_gate)
        {
            if (IsLost)
            {
                return false;
            }

            loading = _loading is null or { IsFaulted: true } ? _loading = LoadAsync() : _loading;
        }

        if (loading.IsCompletedSuccessfully)
        {
            return true;
        }

        try
        {
            await loading;
            return true;
        }
        catch (RecordLogForeignException e)
        {
            RaiseForeign(e, author: null);
            return false;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            if (_host.Logged.Admits("not read", _key.Tenant, _key.Owner, _host.Time.GetUtcNow(), out var suppressed))
            {
                LogNotRead(_host.Logger, e, _key.Value, suppressed);
            }

            return false;
        }
    }

    private async Task LoadAsync()
    {
        var image = await _log.LoadAsync(CancellationToken.None);
        var schema = SchemaOf(image);
        lock (_gate)
        {
            if (image is not null)
            {
                _table.Begin(image);
                _grants = _durableGrants = image.Grants;
                _schema = _durableSchema = schema;
                _known.Begin(image.Recent);
            }
        }

        _charged = await _host.ChargedAsync(_key, HeldBytes);
    }

    /// <exception cref="InvalidDataException">What is stored is no schema.</exception>
    private static RecordSchema? SchemaOf(RecordImage? image)
    {
        try
        {
            return image?.Schema is { } json ? RecordSchema.Read(json) : null;
        }
        catch (RecordSchemaException e)
        {
            throw new InvalidDataException($"The schema that is stored is not checked by this version. {e.Message}", e);
        }
    }

    private void Raise(string signal, RecordRequest request) => _host.Raise(signal, _key, request.Author, $"records {request.Operation}");

    private void RaiseForeign(RecordLogForeignException e, RecordAuthor? author)
    {
        IsLost = true;
        LogForeign(_host.Logger, e, _key.Value);
        _host.Raise(SignalName.ModifierMismatch, _key, author, e.Message);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The records of {Namespace} cannot be read ({Suppressed} more were not logged).")]
    private static partial void LogNotRead(ILogger logger, Exception exception, string @namespace, long suppressed);

    [LoggerMessage(Level = LogLevel.Error, Message = "The records of {Namespace} cannot be written ({Suppressed} more were not logged).")]
    private static partial void LogNotWritten(ILogger logger, Exception exception, string @namespace, long suppressed);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Records of another namespace were found in, or were to be written to, {Namespace}.")]
    private static partial void LogForeign(ILogger logger, Exception exception, string @namespace);

    /// <summary>A transaction that was accepted and is not durable yet.</summary>
    private sealed record Pending(RecordCommit Commit, RecordSchema? Schema)
    {
        public TaskCompletionSource<RecordOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
