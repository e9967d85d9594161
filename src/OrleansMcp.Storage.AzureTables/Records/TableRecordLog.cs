using Azure;
using Azure.Data.Tables;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Storage.AzureTables.Records;

/// <summary>
/// One namespace in the table, for one activation. Each write is one atomic transaction of its partition that replaces the head row under
/// its ETag. To load is to write the head once (the epoch): from then on the writes of an earlier activation fail, and what is read
/// afterwards is all there is.
/// </summary>
internal sealed class TableRecordLog(RecordSpaceKey key, TableClient table) : IRecordLog
{
    private static readonly TimeSpan s_lookFor = TimeSpan.FromSeconds(1);

    private readonly RecordGuard _guard = new(key);
    private readonly string _partition = RecordRows.Partition(key);
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private IReadOnlyList<RecordGrant> _grants = [];
    private ETag? _etag;
    private long _epoch = 1;

    public async ValueTask<RecordImage?> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ClaimAsync(cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            throw new RecordLogLostException("Another activation serves this namespace.", e);
        }
        catch (Exception e) when (e is not (IOException or InvalidDataException))
        {
            throw new IOException("The records cannot be read.", e);
        }
    }

    public async ValueTask AppendAsync(IReadOnlyList<RecordCommit> commits, IReadOnlyList<KnownTransaction> recent)
    {
        var written = _guard.Write(commits);
        var grants = commits.LastOrDefault(commit => commit.Grants is not null)?.Grants ?? _grants;
        var changes = Last(commits);
        var head = RecordRows.WriteHead(key, commits[^1].Version, _epoch, grants, recent);
        try
        {
            await SubmitAsync(head, changes);
        }
        catch (Exception e)
        {
            // Even a conflict may be with itself: an attempt whose answer was lost is repeated by the client library.
            await LookAsync(commits[^1], recent, e);
        }

        _grants = grants;
        Stored(changes);
        written();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<RecordImage?> ClaimAsync(CancellationToken cancellationToken)
    {
        if (await HeadAsync(cancellationToken) is not { } head)
        {
            _guard.Read(key.Tenant, key.Owner, key.Name, []);
            return null;
        }

        _grants = RecordRows.GrantsOf(head);
        _guard.Read(head.GetString("Tenant"), head.GetString("Owner"), head.GetString("Namespace"), _grants);
        _epoch = (head.GetInt64("Epoch") ?? 0) + 1;
        head["Epoch"] = _epoch;
        _etag = (await table.UpdateEntityAsync(head, head.ETag, TableUpdateMode.Replace, cancellationToken)).Headers.ETag;
        return new RecordImage(head.GetInt64("Version") ?? 0)
        {
            Records = await RecordsAsync(cancellationToken), Grants = _grants, Recent = RecordRows.RecentOf(head),
        };
    }

    private async Task<TableEntity?> HeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(_partition, RecordRows.Head, cancellationToken: cancellationToken);
            return found.HasValue ? found.Value : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null; // Nor is there the table yet.
        }
    }

    private async Task<List<Record>> RecordsAsync(CancellationToken cancellationToken)
    {
        var records = new List<Record>();
        _stored.Clear();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {_partition}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.RowKey != RecordRows.Head)
            {
                records.Add(RecordRows.Read(key, row));
                _stored.Add(records[^1].Key);
            }
        }

        return records;
    }

    private async Task SubmitAsync(TableEntity head, Dictionary<string, Record?> changes)
    {
        List<TableTransactionAction> actions =
        [
            _etag is { } etag
                ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, head, etag)
                : new TableTransactionAction(TableTransactionActionType.Add, head),
            .. Actions(changes),
        ];
        Response<IReadOnlyList<Response>> response;
        try
        {
            response = await table.SubmitTransactionAsync(actions);
        }
        catch (RequestFailedException e) when (e.Status == 404 && _etag is null)
        {
            await table.CreateIfNotExistsAsync();
            response = await table.SubmitTransactionAsync(actions);
        }

        _etag = response.Value[0].Headers.ETag;
    }

    /// <summary>What several transactions make of each record: a row can be changed once in one write. Null: it is deleted.</summary>
    private static Dictionary<string, Record?> Last(IReadOnlyList<RecordCommit> commits)
    {
        var last = new Dictionary<string, Record?>(StringComparer.Ordinal);
        foreach (var commit in commits)
        {
            foreach (var put in commit.Puts)
            {
                last[put.Key] = put;
            }

            foreach (var deleted in commit.Deletes)
            {
                last[deleted] = null;
            }
        }

        return last;
    }

    /// <summary>A row that was never stored cannot be deleted: the whole write would fail.</summary>
    private IEnumerable<TableTransactionAction> Actions(Dictionary<string, Record?> changes) =>
        from change in changes
        where change.Value is not null || _stored.Contains(change.Key)
        select change.Value is { } record
            ? new TableTransactionAction(TableTransactionActionType.UpsertReplace, RecordRows.Write(key, record))
            : new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(_partition, RecordRows.RowOf(change.Key)), ETag.All);

    private void Stored(Dictionary<string, Record?> changes)
    {
        foreach (var (name, record) in changes)
        {
            _ = record is null ? _stored.Remove(name) : _stored.Add(name);
        }
    }

    /// <summary>Finds out whether a write happened that was not confirmed.</summary>
    private async Task LookAsync(RecordCommit wanted, IReadOnlyList<KnownTransaction> recent, Exception e)
    {
        TableEntity? head;
        try
        {
            using var patience = new CancellationTokenSource(s_lookFor);
            head = await HeadAsync(patience.Token);
        }
        catch (Exception)
        {
            throw new RecordLogLostException("It is not known whether the table took the write.", e);
        }

        if (head?.ETag == _etag)
        {
            throw new IOException("The table did not take the write.", e); // Should it arrive late, the ETag makes one of both fail.
        }

        if (head is null || head.GetInt64("Epoch") != _epoch || head.GetInt64("Version") != wanted.Version
            || RecordRows.RecentOf(head).LastOrDefault()?.Id != recent[^1].Id)
        {
            throw new RecordLogLostException("Another activation serves this namespace.", e);
        }

        _etag = head.ETag;
    }
}
