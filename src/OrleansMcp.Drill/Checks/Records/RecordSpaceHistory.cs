using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>
/// The committed transactions of one namespace, with the order of the versions of every key. A transaction without an answer counts as
/// committed if, and only if, a transaction read what it wrote; its version is then the one that was read. Without such a reader it is left
/// out: whether it took effect or not, the others have the same order without it.
/// </summary>
internal sealed class RecordSpaceHistory
{
    private readonly Dictionary<Transaction, long> _versions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, List<InstalledVersion>> _keys = new(StringComparer.Ordinal);

    // Keys with a deletion that may have taken effect or not: a read that finds no record there tells nothing of the order.
    private readonly HashSet<string> _uncertain = new(StringComparer.Ordinal);

    private RecordSpaceHistory(RecordSpace space, IReadOnlyList<Transaction> all)
    {
        Space = space;
        var read = VersionsRead(all);
        Committed = [.. all.Where(one => one.IsOk || ReadVersionOf(one, read) > 0)];
        foreach (var one in Committed.Where(one => one.Writes.Count > 0))
        {
            if ((one.Version > 0 ? one.Version : ReadVersionOf(one, read)) is > 0 and var version)
            {
                Install(one, version);
            }
        }

        foreach (var versions in _keys.Values)
        {
            versions.Sort((one, other) => one.Version.CompareTo(other.Version));
        }

        foreach (var lost in all.Where(one => !one.IsRefused && !_versions.ContainsKey(one)))
        {
            _uncertain.UnionWith(lost.Writes.Where(write => write.Token is null).Select(write => write.Key));
        }
    }

    public RecordSpace Space { get; }

    public IReadOnlyList<Transaction> Committed { get; }

    public IEnumerable<string> Keys => _keys.Keys;

    public static IEnumerable<RecordSpaceHistory> Of(IReadOnlyList<Operation> history) =>
        history.OfType<Transaction>().GroupBy(one => one.Space).Select(group => new RecordSpaceHistory(group.Key, [.. group]));

    /// <summary>The versions of a key, in their order.</summary>
    public IReadOnlyList<InstalledVersion> VersionsOf(string key) => _keys.TryGetValue(key, out var versions) ? versions : [];

    /// <summary>The version that a transaction gave to what it wrote; 0 for none.</summary>
    public long VersionOf(Transaction transaction) => _versions.GetValueOrDefault(transaction);

    /// <summary>The versions that a transaction observed, of every key that it read, asserted or scanned, as far as they can be known.</summary>
    public IEnumerable<ObservedVersion> ObservedBy(Transaction transaction)
    {
        var asserted = transaction.Writes.Where(write => write.Expected is not null).Select(write => (write.Key, Version: write.Expected!.Value));
        foreach (var (key, version) in transaction.Reads.Select(read => (read.Key, read.Version)).Concat(asserted).Concat(AbsentIn(transaction)))
        {
            if (version > 0)
            {
                yield return new(key, version);
            }
            else if (VersionOfAbsence(transaction, key) is { } after)
            {
                yield return new(key, after);
            }
        }
    }

    private void Install(Transaction writer, long version)
    {
        _versions[writer] = version;
        foreach (var write in writer.Writes)
        {
            if (!_keys.TryGetValue(write.Key, out var versions))
            {
                _keys[write.Key] = versions = [];
            }

            versions.Add(new(version, writer, write));
        }
    }

    private static Dictionary<string, long> VersionsRead(IReadOnlyList<Transaction> all)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var read in all.Where(one => one.IsOk).SelectMany(one => one.Reads).Where(read => read.Token is not null))
        {
            versions.TryAdd(read.Token!, read.Version);
        }

        return versions;
    }

    private static long ReadVersionOf(Transaction transaction, Dictionary<string, long> read) => !transaction.IsUnknown ? 0
        : transaction.Writes.Select(write => write.Token is { } token ? read.GetValueOrDefault(token) : 0).DefaultIfEmpty().Max();

    private IEnumerable<(string Key, long Version)> AbsentIn(Transaction transaction)
    {
        if (transaction.Scanned is not { } prefix)
        {
            return [];
        }

        var named = transaction.Reads.Select(read => read.Key).ToHashSet(StringComparer.Ordinal);
        return _keys.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !named.Contains(key)).Select(key => (key, 0L));
    }

    /// <summary>
    /// The deletion after which a transaction found no record. All deletions look alike to a reader, so time decides: a deletion that began
    /// after the read was over is too late, and one whose successor was acknowledged before the read began is too early. Where several remain
    /// the result is null, for a wrong choice could invent a fault. Where none remains it is 0, before the first version: no choice explains
    /// the read, and <see cref="SerialisationCheck"/> finds a fault with any.
    /// </summary>
    private long? VersionOfAbsence(Transaction transaction, string key)
    {
        if (_uncertain.Contains(key))
        {
            return null;
        }

        var versions = VersionsOf(key);
        List<long> possible = [];
        for (var index = -1; index < versions.Count; index++)
        {
            var isAbsent = index < 0 || (versions[index].Write.Token is null && versions[index].Writer != transaction);
            var isTooLate = index >= 0 && versions[index].Writer.Stamp.Begin > transaction.Stamp.End;
            var isTooEarly = index + 1 < versions.Count && versions[index + 1].Writer.Precedes(transaction);
            if (isAbsent && !isTooLate && !isTooEarly)
            {
                possible.Add(index < 0 ? 0 : versions[index].Version);
            }
        }

        return possible.Count switch
        {
            0 => 0,
            1 => possible[0],
            _ => null,
        };
    }
}
