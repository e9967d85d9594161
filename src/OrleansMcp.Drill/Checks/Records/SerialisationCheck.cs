using System.Text;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks.Records;

/// <summary>The transactions of each namespace have a serial order that keeps real time (see <see cref="SerialisationGraph"/>).</summary>
internal static class SerialisationCheck
{
    /// <summary>Information flows in a circle. (Writes alone, G0, form none: a transaction gives one version to everything it writes.)</summary>
    public const string CircularFlow = "circular information flow (G1c)";

    /// <summary>Two transactions read one version of a key, and both wrote the next.</summary>
    public const string LostUpdate = "lost update (G-single)";

    /// <summary>A transaction read a part of the writes of another, or two moments as one.</summary>
    public const string ReadSkew = "read skew (G-single)";

    /// <summary>Each transaction read what the other wrote, as it was before.</summary>
    public const string WriteSkew = "write skew (G2)";

    /// <summary>Serial orders exist, but none that puts each transaction before those that began after it was over.</summary>
    public const string StaleRead = "stale read (not in real time)";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        foreach (var space in RecordSpaceHistory.Of(history))
        {
            if (Find(space, withRealTime: false) is { } anomaly)
            {
                yield return anomaly;
            }
            else if (Find(space, withRealTime: true) is { } stale)
            {
                yield return stale;
            }
        }
    }

    private static Finding? Find(RecordSpaceHistory space, bool withRealTime)
    {
        var graph = new SerialisationGraph(space, withRealTime);
        return Cycles.Shortest(graph) is { } cycle
            ? new(Name(cycle, withRealTime), Describe(graph, space, cycle), [.. cycle.Select(step => graph.Transactions[step.Transaction])])
            : null;
    }

    private static string Name(IReadOnlyList<(int Transaction, Edge Next)> cycle, bool withRealTime) => withRealTime ? StaleRead
        : cycle.Count(step => step.Next.Dependency == Dependency.ReadWrite) switch
        {
            0 => CircularFlow,
            1 => cycle.All(step => step.Next.Dependency is Dependency.ReadWrite or Dependency.WriteWrite)
                && cycle.Select(step => step.Next.Key).Distinct(StringComparer.Ordinal).Count() == 1 ? LostUpdate : ReadSkew,
            _ => WriteSkew,
        };

    private static string Describe(SerialisationGraph graph, RecordSpaceHistory space, IReadOnlyList<(int Transaction, Edge Next)> cycle)
    {
        var text = new StringBuilder($"No serial order of {space.Space}: ");
        for (var index = 0; index < cycle.Count; index++)
        {
            var next = cycle[(index + 1) % cycle.Count].Transaction;
            text.Append($"{Named(cycle[index].Transaction)} {Reason(cycle[index].Next)} {Named(next)}{(index + 1 < cycle.Count ? "; " : ".")}");
        }

        return text.ToString();

        string Named(int transaction) => FormattableString.Invariant($"[{graph.Transactions[transaction].Stamp.Begin}]");
    }

    private static string Reason(Edge edge) => edge.Dependency switch
    {
        Dependency.WriteWrite => $"wrote {edge.Key} before",
        Dependency.WriteRead => $"wrote the {edge.Key} that was read by",
        Dependency.ReadWrite => $"read {edge.Key} as it was before",
        _ => "was over before",
    };
}
