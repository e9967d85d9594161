using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>
/// Every value that a transaction reads was written to this key of this namespace, by a transaction that was not refused, and has the
/// version and the author of that transaction. A namespace gives each version once, and versions grow.
/// </summary>
internal static class ValueCheck
{
    public const string Dirty = "dirty read (G1a)";
    public const string Foreign = "cross-client effect";
    public const string Unknown = "value from nowhere";
    public const string WrongVersion = "wrong version";
    public const string WrongAuthor = "wrong author";
    public const string VersionTwice = "version given twice";
    public const string VersionFalls = "version does not grow";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var writers = new Dictionary<string, (Transaction By, Write Write)>(StringComparer.Ordinal);
        foreach (var writer in history.OfType<Transaction>())
        {
            foreach (var write in writer.Writes.Where(write => write.Token is not null))
            {
                writers[write.Token!] = (writer, write);
            }
        }

        return RecordSpaceHistory.Of(history).SelectMany(space => ReadsOf(space, writers).Concat(VersionsOf(space)));
    }

    private static IEnumerable<Finding> ReadsOf(RecordSpaceHistory space, Dictionary<string, (Transaction By, Write Write)> writers) =>
        from reader in space.Committed
        from read in reader.Reads
        where read.Token is not null
        let finding = Judge(space, reader, read, writers)
        where finding is not null
        select finding;

    private static Finding? Judge(
        RecordSpaceHistory space, Transaction reader, Read read, Dictionary<string, (Transaction By, Write Write)> writers)
    {
        if (!writers.TryGetValue(read.Token!, out var writer))
        {
            return new(Unknown, $"{reader.Client} read from {read.Key} what nobody wrote.", [reader]);
        }

        var (by, write) = writer;
        if (by.Space != space.Space || write.Key != read.Key)
        {
            return new(Foreign, $"{reader.Client} read from {read.Key} of {space.Space} what {by.Client} wrote to {write.Key} of {by.Space}.", [by, reader]);
        }

        return by.IsRefused ? new(Dirty, $"{reader.Client} read what {by.Client} was refused to write.", [by, reader])
            : by.Stamp.Begin > reader.Stamp.End ? new(Unknown, $"{reader.Client} read what was not written yet.", [by, reader])
            : space.VersionOf(by) != read.Version
                ? new(WrongVersion, $"What {by.Client} wrote as version {space.VersionOf(by)} was read as version {read.Version}.", [by, reader])
            : read.Author is { } author && author != by.Client.Name
                ? new(WrongAuthor, $"What {by.Client} wrote is said to be {author}'s.", [by, reader])
            : null;
    }

    private static IEnumerable<Finding> VersionsOf(RecordSpaceHistory space)
    {
        var writers = space.Committed.Where(one => space.VersionOf(one) > 0).OrderBy(space.VersionOf).ToList();
        var earliest = (Transaction?)null; // of the transactions with higher versions, the one that was over first
        for (var index = writers.Count - 1; index >= 0; index--)
        {
            var writer = writers[index];
            if (index > 0 && space.VersionOf(writers[index - 1]) == space.VersionOf(writer))
            {
                yield return new(VersionTwice, $"Two transactions have version {space.VersionOf(writer)} in {space.Space}.", [writers[index - 1], writer]);
            }

            if (earliest is not null && earliest.Precedes(writer))
            {
                yield return new(VersionFalls, $"Version {space.VersionOf(writer)} of {space.Space} was given after a higher one.", [earliest, writer]);
            }

            earliest = earliest is null || writer.Stamp.End < earliest.Stamp.End ? writer : earliest;
        }
    }
}
