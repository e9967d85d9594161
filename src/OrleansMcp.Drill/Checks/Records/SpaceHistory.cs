using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>
/// The committed transactions of one namespace, with the order of the versions of every key. A transaction without an answer is committed
/// if, and only if, somebody read what it wrote; its version is then the one that was read. One that nobody read from is left out: whatever
/// it did, the others have the same order without it.
/// </summary>
internal sealed class SpaceHistory
{
    private readonly Dictionary<Transaction, long> _versions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, List<Installed>> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uncertain = new(StringComparer.Ordinal);

    private SpaceHistory(Space space, IReadOnlyList<Transaction> all)
    {
        Space = space;
        var read = ReadVersions(all);
        Committed = [.. all.Where(one => one.IsOk || Seen(one, read) > 0)];
        foreach (var one in Committed.Where(one => one.Writes.Count > 0))
        {
            if ((one.Version > 0 ? one.Version : Seen(one, read)) is > 0 and var version)
            {
                _versions[one] = version;
            }
        }

        foreach (var (writer, version) in _versions)
        {
            foreach (var write in writer.Writes)
            {
                Key(write.Key).Add(new(version, writer, write));
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

    public Space Space { get; }

    public IReadOnlyList<Transaction> Committed { get; }

    public IEnumerable<string> Keys => _keys.Keys;

    public static IEnumerable<SpaceHistory> Of(IReadOnlyList<Operation> history) =>
        history.OfType<Transaction>().GroupBy(one => one.Space).Select(group => new SpaceHistory(group.Key, [.. group]));

    /// <summary>The versions of a key, in their order.</summary>
    public IReadOnlyList<Installed> VersionsOf(string key) => _keys.TryGetValue(key, out var versions) ? versions : [];

    /// <summary>The version that a transaction gave to what it wrote; 0 for none.</summary>
    public long VersionOf(Transaction transaction) => _versions.GetValueOrDefault(transaction);

    /// <summary>What a transaction found, of every key that it read, asserted or scanned, as far as that can be known.</summary>
    public IEnumerable<Found> FoundBy(Transaction transaction)
    {
        var asserted = transaction.Writes.Where(write => write.Expected is not null).Select(write => (write.Key, Version: write.Expected!.Value));
        foreach (var (key, version) in transaction.Reads.Select(read => (read.Key, read.Version)).Concat(asserted).Concat(Missing(transaction)))
        {
            if (version > 0)
            {
                yield return new(key, version);
            }
            else if (Absence(transaction, key) is { } after)
            {
                yield return new(key, after);
            }
        }
    }

    private List<Installed> Key(string key) => _keys.TryGetValue(key, out var versions) ? versions : _keys[key] = [];

    private static Dictionary<string, long> ReadVersions(IReadOnlyList<Transaction> all)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var read in all.Where(one => one.IsOk).SelectMany(one => one.Reads).Where(read => read.Token is not null))
        {
            versions.TryAdd(read.Token!, read.Version);
        }

        return versions;
    }

    private static long Seen(Transaction transaction, Dictionary<string, long> read) => !transaction.IsUnknown ? 0
        : transaction.Writes.Select(write => write.Token is { } token ? read.GetValueOrDefault(token) : 0).DefaultIfEmpty().Max();

    private IEnumerable<(string Key, long Version)> Missing(Transaction transaction)
    {
        if (transaction.Scanned is not { } prefix)
        {
            return [];
        }

        var named = transaction.Reads.Select(read => read.Key).ToHashSet(StringComparer.Ordinal);
        return _keys.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !named.Contains(key)).Select(key => (key, 0L));
    }

    /// <summary>
    /// After which deletion a transaction found nothing: all of them look alike, so it is taken from time. A deletion begun after the reading
    /// was over is too late, and one whose successor was acknowledged before the reading began is too early. Of several that remain none is
    /// taken, for a wrong one could make a fault of none; of none, the beginning, which is as wrong as the others and will be found to be.
    /// </summary>
    private long? Absence(Transaction transaction, string key)
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
