using FsCheck;
using FsCheck.Fluent;
using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.Checks.Records;
using OrleansMcp.Drill.History;
using static OrleansMcp.Tests.Drill.Histories;

namespace OrleansMcp.Tests.Drill;

/// <summary>
/// The graph against the definition: histories are judged a second time by trying every serial order of their transactions.
/// </summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class SerialisationProperties
{
    private static readonly string[] s_keys = ["x", "y", "z"];
    private static readonly Arbitrary<int> s_seeds = Arb.From(Gen.Choose(0, int.MaxValue));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_graph_has_a_cycle_exactly_when_no_order_of_the_transactions_explains_what_they_read(bool withRealTime)
    {
        var histories = Rounds.Of(4_000, atNight: 20_000);
        var (with, without) = (0, 0);
        for (var seed = 0; seed < histories; seed++)
        {
            var history = AnyHistory(new Random(seed));
            var space = RecordSpaceHistory.Of(history).Single();
            var hasCycle = Cycles.Shortest(new SerialisationGraph(space, withRealTime)) is not null;

            Assert.True(hasCycle != SerialOrders.Explain(history, withRealTime), $"seed {seed}:\n{string.Join('\n', history.Select(one => one.Line))}");
            _ = hasCycle ? with++ : without++;
        }

        Assert.InRange(with, histories / 10, histories); // the comparison has both kinds, and many of each
        Assert.InRange(without, histories / 10, histories);
    }

    [Fact]
    public void A_shortest_cycle_is_one() => Prop.ForAll(s_seeds, seed =>
    {
        var graph = new SerialisationGraph(RecordSpaceHistory.Of(AnyHistory(new Random(seed))).Single(), withRealTime: true);
        return Cycles.Shortest(graph) is not { } cycle
            || Enumerable.Range(0, cycle.Count).All(index => Reaches(graph, cycle[index], cycle[(index + 1) % cycle.Count].Transaction));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds.Of(200, atNight: 500)));

    [Fact]
    public void What_happened_one_after_the_other_is_never_found_fault_with_however_the_answers_overlap() => Prop.ForAll(s_seeds, seed =>
    {
        var found = IsolationChecks.Of(SerialExecution.Of(new Random(seed), 40)).Select(finding => $"{finding.Rule}: {finding.Message}").ToList();
        return (found.Count == 0).Label(string.Join('\n', found));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds.Of(200, atNight: 1_000)));

    private static bool Reaches(SerialisationGraph graph, (int Transaction, Edge Next) step, int next)
    {
        if (graph.IsTransaction(step.Next.To))
        {
            return step.Next.To == next && graph.From(step.Transaction).Contains(step.Next);
        }

        // A path through the nodes of real time means that the transaction was over before the next began.
        return graph.Transactions[step.Transaction].Precedes(graph.Transactions[next]);
    }

    /// <summary>Up to six transactions that read and write anything, with versions in any order: most are not serialisable.</summary>
    private static List<Transaction> AnyHistory(Random random)
    {
        var count = random.Next(2, 7);
        long[] versions = [.. Enumerable.Range(1, count).Select(version => (long)version)];
        random.Shuffle(versions);
        long[] ticks = [.. Enumerable.Range(1, 2 * count).Select(tick => (long)tick)];
        random.Shuffle(ticks);
        var writes = versions.Select(_ => s_keys.Where(_ => random.NextDouble() < 0.35).ToArray()).ToArray();
        List<Transaction> history = [];
        for (var index = 0; index < count; index++)
        {
            List<Read> reads = [];
            foreach (var key in s_keys.Where(_ => random.NextDouble() < 0.35))
            {
                long[] there = [0, .. Enumerable.Range(0, count).Where(other => other != index && writes[other].Contains(key)).Select(other => versions[other])];
                var version = there[random.Next(there.Length)];
                reads.Add(new(key, version, version == 0 ? null : $"{key}{version}"));
            }

            history.Add(new(
                Ok(Math.Min(ticks[2 * index], ticks[(2 * index) + 1]), Math.Max(ticks[2 * index], ticks[(2 * index) + 1])), "test", Orders, reads,
                [.. writes[index].Select(key => new Write(key, $"{key}{versions[index]}"))], writes[index].Length > 0 ? versions[index] : 0));
        }

        return history;
    }
}
