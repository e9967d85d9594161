using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Records;

/// <summary>
/// One namespace, for one actor. To load is to raise the epoch of its head: from then on an earlier actor's writes find another head, and
/// what is read afterwards is all there is.
/// </summary>
internal sealed class SqliteRecordLog(StoreDatabase database, RecordSpaceKey key) : IRecordLog
{
    private readonly RecordGuard _guard = new(key);
    private readonly string _space = key.Value;
    private readonly Dictionary<string, byte[]> _sums = new(StringComparer.Ordinal); // of the rows that there are
    private RecordHead? _head;
    private RecordRules _rules = RecordRules.None;

    /// <inheritdoc/>
    public async ValueTask<RecordImage?> LoadAsync(CancellationToken cancellationToken)
    {
        _head = await database.Writer.RunAsync(512, Claim);
        _sums.Clear();
        if (_head is not { } head)
        {
            _guard.Read(key.Tenant, key.Owner, key.Name, []);
            return null;
        }

        (var rows, _rules) = await database.Readers.RunAsync(connection => Read(connection, _space, head), cancellationToken);
        _guard.Read(key.Tenant, key.Owner, key.Name, _rules.Grants); // The rows' checksums say that they are this namespace's.
        foreach (var row in rows)
        {
            _sums.Add(row.Record.Key, row.Sum);
        }

        return new RecordImage(head.Version) { Records = [.. rows.Select(static row => row.Record)], Grants = _rules.Grants, Schema = _rules.Schema, Recent = head.RecentOf(_space) };
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(IReadOnlyList<RecordCommit> commits, IReadOnlyList<KnownTransaction> recent)
    {
        var written = _guard.Write(commits);
        var (changes, former) = (Last(commits), _head);
        var rules = _rules.After(commits);
        var head = Next(commits[^1].Version, changes, rules is not null, recent);
        var bytes = 1024 + RecordLimits.ValueBytes * (rules is null ? 0 : 1) + changes.Values.Sum(static row => row?.Content.Length + 256 ?? 256);
        if (!await database.Writer.RunAsync(bytes, connection => TryWrite(connection, former, head, changes, rules)))
        {
            throw new RecordLogLostException("Another actor serves this namespace.");
        }

        (_head, _rules) = (head, rules ?? _rules);
        foreach (var (name, row) in changes)
        {
            _sums.Remove(name);
            if (row is not null)
            {
                _sums.Add(name, row.Sum);
            }
        }

        written();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The namespace as it stands, when every row of it is whole and fits the others.</summary>
    /// <exception cref="StoreDamagedException">One does not.</exception>
    internal static (List<RecordRow> Rows, RecordRules Rules) Read(StoreConnection connection, string space, RecordHead head) =>
        (RecordRow.ReadAll(connection, space, head), RulesRow.Read(connection, space, head.RulesVersion));

    private RecordHead? Claim(StoreConnection connection)
    {
        if (RecordHead.Read(connection, _space) is not { } found)
        {
            return null;
        }

        var claimed = found with { Epoch = found.Epoch + 1 };
        return claimed.TryWrite(connection, _space, found)
            ? claimed
            : throw new RecordLogLostException("Another actor serves this namespace."); // Not while the writer is one thread.
    }

    private RecordHead Next(long version, Dictionary<string, RecordRow?> changes, bool changesRules, IReadOnlyList<KnownTransaction> recent)
    {
        var former = _head ?? RecordHead.None;
        var digest = former.Digest.ToArray();
        foreach (var (name, row) in changes)
        {
            RowDigest.Toggle(digest, _sums.GetValueOrDefault(name));
            RowDigest.Toggle(digest, row?.Sum);
        }

        return new RecordHead(version, former.Epoch, digest, changesRules ? version : former.RulesVersion, KnownTransactionFormat.Write(recent));
    }

    private bool TryWrite(
        StoreConnection connection, RecordHead? former, RecordHead head, Dictionary<string, RecordRow?> changes, RecordRules? rules)
    {
        if (!head.TryWrite(connection, _space, former))
        {
            return false;
        }

        if (rules is not null)
        {
            RulesRow.Write(connection, _space, head.RulesVersion, rules);
        }

        foreach (var (name, row) in changes)
        {
            if (row is null)
            {
                RecordRow.Delete(connection, _space, name);
            }
            else
            {
                row.Put(connection, _space);
            }
        }

        return true;
    }

    /// <summary>What several transactions make of each record. Null: it is deleted.</summary>
    private Dictionary<string, RecordRow?> Last(IReadOnlyList<RecordCommit> commits)
    {
        var last = new Dictionary<string, RecordRow?>(StringComparer.Ordinal);
        foreach (var commit in commits)
        {
            foreach (var put in commit.Puts)
            {
                last[put.Key] = RecordRow.Of(_space, put);
            }

            foreach (var deleted in commit.Deletes)
            {
                last[deleted] = null;
            }
        }

        return last;
    }
}
