using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>
/// The direct serialisation graph of a namespace (Adya, "Weak Consistency", 1999, section 3.1), with real time as a further reason.
/// </summary>
/// <remarks>
/// <para>A history whose version order is known is serialisable in that order if, and only if, this graph has no cycle.</para>
/// <para>Sound: let the transactions have a serial order that gives every read its version and every key its versions in their order.
/// Then the writer of a version comes before the writer of the next one (ww) and before every reader of that version (wr), and a reader of
/// a version comes before the writer of the next one (rw), or it would have read the next. So every edge leads forward in that order, and no
/// path leads back. With real-time edges the same holds of every order that keeps real time: strict serialisability.</para>
/// <para>Complete: let the graph have no cycle, and take any topological order. By the ww edges each key gets its versions in their
/// order. A transaction that read version v of a key comes after v's writer (wr) and before the next version's (rw), hence before all later
/// ones (ww); so in that order it reads v. The order is serial, gives every read its version, and keeps real time if its edges are in.</para>
/// <para>The order of versions is known because the server gives them and they grow; which transaction a value was read from, because every
/// value is written once. What is not known is left out, which can hide a fault but not invent one: on which side of several deletions a
/// read that found no record stands (<see cref="RecordSpaceHistory"/>), and transactions without an answer whose values no transaction read;
/// between two known versions those add a step to a path that is there without them.</para>
/// <para>Real time has a node per end, in a row, so that there are as many edges as transactions and not their square: a transaction
/// leads to the node of its end, each such node to the next, and the last one before a beginning to that transaction.</para>
/// </remarks>
internal sealed class SerialisationGraph
{
    private readonly List<Edge>[] _edges;

    public SerialisationGraph(RecordSpaceHistory space, bool withRealTime)
    {
        Transactions = space.Committed;
        _edges = [.. Enumerable.Range(0, Transactions.Count * (withRealTime ? 2 : 1)).Select(_ => new List<Edge>())];
        var indices = new Dictionary<Transaction, int>(ReferenceEqualityComparer.Instance);
        for (var index = 0; index < Transactions.Count; index++)
        {
            indices[Transactions[index]] = index;
        }

        AddWrites(space, indices);
        AddReads(space, indices);
        if (withRealTime)
        {
            AddRealTime();
        }
    }

    public IReadOnlyList<Transaction> Transactions { get; }

    /// <summary>The number of nodes: the transactions, and after them the nodes of real time.</summary>
    public int Nodes => _edges.Length;

    public IReadOnlyList<Edge> From(int node) => _edges[node];

    public bool IsTransaction(int node) => node < Transactions.Count;

    private void Add(int from, int to, Dependency dependency, string? key)
    {
        if (from != to)
        {
            _edges[from].Add(new(to, dependency, key));
        }
    }

    private void AddWrites(RecordSpaceHistory space, Dictionary<Transaction, int> indices)
    {
        foreach (var key in space.Keys)
        {
            var versions = space.VersionsOf(key);
            for (var next = 1; next < versions.Count; next++)
            {
                Add(indices[versions[next - 1].Writer], indices[versions[next].Writer], Dependency.WriteWrite, key);
            }
        }
    }

    private void AddReads(RecordSpaceHistory space, Dictionary<Transaction, int> indices)
    {
        for (var reader = 0; reader < Transactions.Count; reader++)
        {
            foreach (var (key, version) in space.ObservedBy(Transactions[reader]))
            {
                var versions = space.VersionsOf(key);
                var next = FirstAfter(versions, version);
                if (next > 0 && versions[next - 1].Version == version)
                {
                    Add(indices[versions[next - 1].Writer], reader, Dependency.WriteRead, key);
                }

                if (next < versions.Count)
                {
                    Add(reader, indices[versions[next].Writer], Dependency.ReadWrite, key);
                }
            }
        }
    }

    private static int FirstAfter(IReadOnlyList<InstalledVersion> versions, long version)
    {
        var (low, high) = (0, versions.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = versions[middle].Version <= version ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void AddRealTime()
    {
        int[] ended = [.. Enumerable.Range(0, Transactions.Count).Where(index => !Transactions[index].IsUnknown).OrderBy(index => Transactions[index].Stamp.End)];
        long[] ends = [.. ended.Select(index => Transactions[index].Stamp.End)];
        for (var place = 0; place < ended.Length; place++)
        {
            Add(ended[place], Transactions.Count + place, Dependency.RealTime, key: null);
            if (place + 1 < ended.Length)
            {
                Add(Transactions.Count + place, Transactions.Count + place + 1, Dependency.RealTime, key: null);
            }
        }

        for (var index = 0; index < Transactions.Count; index++)
        {
            var before = Array.BinarySearch(ends, Transactions[index].Stamp.Begin); // never found: no two operations share a tick
            before = (before < 0 ? ~before : before) - 1;
            if (before >= 0)
            {
                Add(Transactions.Count + before, index, Dependency.RealTime, key: null);
            }
        }
    }
}
