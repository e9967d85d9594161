using OrleansMcp.Records.Log;

namespace OrleansMcp.Records;

/// <summary>
/// The records of one namespace in memory, with the former versions that a snapshot may still read. A version is visible once its
/// transaction is durable; an accepted transaction that is not durable yet can be reverted.
/// </summary>
/// <remarks>Not thread-safe: the lock of the namespace guards it.</remarks>
internal sealed class RecordTable
{
    private static readonly TimeSpan s_snapshotsLast = TimeSpan.FromMinutes(1);
    private static readonly string s_last = new(char.MaxValue, 1); // behind every key
    private const long MaxFormerBytes = 8 * 1024 * 1024;

    private readonly Dictionary<string, Node> _heads = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal); // of all heads, deleted ones included
    private readonly Queue<Former> _formers = new();
    private long _formerBytes;
    private long _horizon;

    /// <summary>The last transaction that was accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>The last transaction that is durable: what readers see.</summary>
    public long Durable { get; private set; }

    /// <summary>Records after the last accepted transaction.</summary>
    public int Count { get; private set; }

    /// <summary>Their size after the last accepted transaction, bytes.</summary>
    public long Bytes { get; private set; }

    public void Begin(RecordImage image)
    {
        (Accepted, Durable, _horizon) = (image.Version, image.Version, image.Version);
        foreach (var record in image.Records)
        {
            Push(record.Key, record.Version, record);
        }
    }

    /// <summary>Whether the namespace can still be read as of that version.</summary>
    public bool Holds(long snapshot) => snapshot >= _horizon && snapshot <= Durable;

    /// <summary>The record as of a version; null when there was none.</summary>
    public Record? Find(string key, long snapshot)
    {
        var node = _heads.GetValueOrDefault(key);
        while (node is not null && node.Version > snapshot)
        {
            node = node.Former;
        }

        return node?.Record;
    }

    /// <summary>The current version of a record, accepted or durable; 0: there is none.</summary>
    public long VersionOf(string key) => _heads.GetValueOrDefault(key)?.Record?.Version ?? 0;

    public Record? Current(string key) => _heads.GetValueOrDefault(key)?.Record;

    /// <summary>Records as of a version, in the order of their keys (ordinal).</summary>
    public IEnumerable<Record> From(string prefix, string? after, long snapshot)
    {
        var from = after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix;
        foreach (var key in _keys.GetViewBetween(from, s_last))
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield break;
            }

            if (key != after && Find(key, snapshot) is { } record)
            {
                yield return record;
            }
        }
    }

    /// <summary>Records after the last accepted transaction.</summary>
    public IEnumerable<Record> All() => _heads.Values.Select(static node => node.Record).OfType<Record>();

    /// <summary>Adds an accepted transaction, which is not visible yet.</summary>
    public void Accept(RecordCommit commit)
    {
        foreach (var put in commit.Puts)
        {
            Push(put.Key, commit.Version, put);
        }

        foreach (var key in commit.Deletes)
        {
            Push(key, commit.Version, record: null);
        }

        Accepted = commit.Version;
    }

    /// <summary>Transactions up to this one are durable.</summary>
    public void Confirm(IEnumerable<RecordCommit> commits, DateTimeOffset now)
    {
        foreach (var commit in commits)
        {
            Durable = commit.Version;
            foreach (var key in commit.Puts.Select(put => put.Key).Concat(commit.Deletes))
            {
                if (Node.At(_heads.GetValueOrDefault(key), commit.Version) is { } node && (node.Former is not null || node.Record is null))
                {
                    _formers.Enqueue(new Former(now, key, node, node.Former?.Record?.Size ?? 0));
                    _formerBytes += node.Former?.Record?.Size ?? 0;
                }
            }
        }

        Forget(now);
    }

    /// <summary>Reverts the transactions that are not durable.</summary>
    public void TakeBack(IEnumerable<RecordCommit> commits)
    {
        foreach (var commit in commits.Reverse())
        {
            foreach (var key in commit.Puts.Select(put => put.Key).Concat(commit.Deletes))
            {
                Pop(key);
            }
        }

        Accepted = Durable;
    }

    /// <summary>Removes former versions that no snapshot may read any more.</summary>
    public void Forget(DateTimeOffset now)
    {
        while (_formers.TryPeek(out var oldest) && (oldest.At <= now - s_snapshotsLast || _formerBytes > MaxFormerBytes))
        {
            _formers.Dequeue();
            _formerBytes -= oldest.Size;
            _horizon = Math.Max(_horizon, oldest.Node.Version);
            oldest.Node.Former = null;
            if (oldest.Node.Record is null && _heads.GetValueOrDefault(oldest.Key) == oldest.Node)
            {
                _heads.Remove(oldest.Key);
                _keys.Remove(oldest.Key);
            }
        }
    }

    private void Push(string key, long version, Record? record)
    {
        var former = _heads.GetValueOrDefault(key);
        Count += (record is null ? 0 : 1) - (former?.Record is null ? 0 : 1);
        Bytes += (record?.Size ?? 0) - (former?.Record?.Size ?? 0);
        _heads[key] = new Node(version, record) { Former = former };
        _keys.Add(key);
    }

    private void Pop(string key)
    {
        var head = _heads[key];
        Count += (head.Former?.Record is null ? 0 : 1) - (head.Record is null ? 0 : 1);
        Bytes += (head.Former?.Record?.Size ?? 0) - (head.Record?.Size ?? 0);
        if (head.Former is { } former)
        {
            _heads[key] = former;
        }
        else
        {
            _heads.Remove(key);
            _keys.Remove(key);
        }
    }

    private sealed class Node(long version, Record? record)
    {
        public long Version { get; } = version;

        public Record? Record { get; } = record;

        public Node? Former { get; set; }

        public static Node? At(Node? node, long version)
        {
            while (node is not null && node.Version > version)
            {
                node = node.Former;
            }

            return node?.Version == version ? node : null;
        }
    }

    /// <summary>What a transaction replaced. Names the node: from the head of a record that changes without pause it would be a long way.</summary>
    private readonly record struct Former(DateTimeOffset At, string Key, Node Node, long Size);
}
