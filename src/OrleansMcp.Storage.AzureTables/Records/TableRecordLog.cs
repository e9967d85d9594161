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
    private readonly Dictionary<string, byte[]> _sums = new(StringComparer.Ordinal); // of the rows that there are
    private TableHead _head = new(0, Epoch: 1, RecordRules.None, [], RowDigest.None);
    private ETag? _etag;

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
        var changes = Last(commits);
        var head = _head with
        {
            Version = commits[^1].Version, Recent = recent, Digest = Digest(changes),
            Rules = _head.Rules.After(commits) ?? _head.Rules,
        };
        try
        {
            await SubmitAsync(RecordRows.Write(key, head), changes);
        }
        catch (Exception e)
        {
            // Even a conflict may be with itself: an attempt whose answer was lost is repeated by the client library.
            await LookAsync(commits[^1], recent, e);
        }

        _head = head;
        Stored(changes);
        written();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<RecordImage?> ClaimAsync(CancellationToken cancellationToken)
    {
        if (await HeadAsync(cancellationToken) is not { } row)
        {
            _guard.Read(key.Tenant, key.Owner, key.Name, []);
            return await AnyAsync(cancellationToken) ? throw RecordRows.Damaged(key, RecordRows.Head, "it is missing, and records of it are there") : null;
        }

        var found = RecordRows.ReadHead(key, row);
        _guard.Read(key.Tenant, key.Owner, key.Name, found.Rules.Grants);
        _head = found with { Epoch = found.Epoch + 1 };
        _etag = (await table.UpdateEntityAsync(RecordRows.Write(key, _head), row.ETag, TableUpdateMode.Replace, cancellationToken)).Headers.ETag;
        return new RecordImage(_head.Version) { Records = await RecordsAsync(cancellationToken), Grants = _head.Rules.Grants, Schema = _head.Rules.Schema, Recent = _head.Recent };
    }

    /// <summary>Whether there is a record, although there is no head. Rows that are being written have theirs: both are one transaction.</summary>
    private async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {_partition}"), maxPerPage: 1, ["RowKey"], cancellationToken)
                .AnyAsync(row => row.RowKey != RecordRows.Head, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false; // There is no table yet.
        }
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
        var (records, digest) = (new List<Record>(), RowDigest.None);
        _sums.Clear();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {_partition}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.RowKey != RecordRows.Head)
            {
                var (record, sum) = RecordRows.Read(key, row);
                records.Add(record);
                _sums.Add(record.Key, sum);
                RowDigest.Toggle(digest, sum);
            }
        }

        return digest.AsSpan().SequenceEqual(_head.Digest)
            ? records
            : throw RecordRows.Damaged(key, RecordRows.Head, "the records are not those that it was written with");
    }

    private byte[] Digest(Dictionary<string, (TableEntity Row, byte[] Sum)?> changes)
    {
        var digest = _head.Digest.ToArray();
        foreach (var (name, written) in changes)
        {
            RowDigest.Toggle(digest, _sums.GetValueOrDefault(name));
            RowDigest.Toggle(digest, written?.Sum);
        }

        return digest;
    }

    private async Task SubmitAsync(TableEntity head, Dictionary<string, (TableEntity Row, byte[] Sum)?> changes)
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
    private Dictionary<string, (TableEntity Row, byte[] Sum)?> Last(IReadOnlyList<RecordCommit> commits)
    {
        var last = new Dictionary<string, (TableEntity Row, byte[] Sum)?>(StringComparer.Ordinal);
        foreach (var commit in commits)
        {
            foreach (var put in commit.Puts)
            {
                last[put.Key] = RecordRows.Write(key, put);
            }

            foreach (var deleted in commit.Deletes)
            {
                last[deleted] = null;
            }
        }

        return last;
    }

    /// <summary>A row that was never stored cannot be deleted: the whole write would fail.</summary>
    private IEnumerable<TableTransactionAction> Actions(Dictionary<string, (TableEntity Row, byte[] Sum)?> changes) =>
        from change in changes
        where change.Value is not null || _sums.ContainsKey(change.Key)
        select change.Value is { } written
            ? new TableTransactionAction(TableTransactionActionType.UpsertReplace, written.Row)
            : new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(_partition, RecordRows.RowOf(change.Key)), ETag.All);

    private void Stored(Dictionary<string, (TableEntity Row, byte[] Sum)?> changes)
    {
        foreach (var (name, written) in changes)
        {
            _sums.Remove(name);
            if (written is { } row)
            {
                _sums.Add(name, row.Sum);
            }
        }
    }

    private bool IsOf(TableHead found, RecordCommit wanted, IReadOnlyList<KnownTransaction> recent) =>
        found.Epoch == _head.Epoch && found.Version == wanted.Version && found.Recent.LastOrDefault()?.Id == recent.LastOrDefault()?.Id;

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

        if (head is null || !IsOf(RecordRows.ReadHead(key, head), wanted, recent))
        {
            throw new RecordLogLostException("Another activation serves this namespace.", e);
        }

        _etag = head.ETag;
    }
}
