using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// What the hop to an actor in a cluster costs: the same calls against the embedded server, a cluster of one process, and a gateway with
/// its silo, in turns (A B C A B C), so that all see the same noise of the machine.
/// </summary>
internal static class ClusterScenario
{
    private const double LeastRate = 0.6;

    private static readonly (string Name, int Sessions, Func<Target, int, string, ICall> Make)[] s_calls =
    [
        ("echo", 64, static (target, number, id) => new EchoCall(target, number, [id])),
        ("increment", 32, static (target, _, id) => new IncrementCall(target, id)),
    ];

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var parts = ClusterParts.Find();
        if (parts.Missing is { } missing)
        {
            report.LeftOut("cluster", missing);
            return;
        }

        await using var embedded = await ServerSet.EmbeddedAsync(cancellationToken);
        await using var both = await ServerSet.BothAsync(parts, cancellationToken);
        await using var apart = parts.MissingTables is null ? await ServerSet.ApartAsync(parts, cancellationToken) : null;
        ServerSet[] servers = apart is null ? [embedded, both] : [embedded, both, apart];

        var costs = new Table("call", "server CPU per call", "calls", "p50", "p99", "allocated per call");
        var ratios = new Table("ratio", "rate", "lowest - highest", "server CPU per call", "lowest - highest");
        foreach (var (name, sessions, make) in s_calls)
        {
            var measured = await ClusterRounds.RunAsync(
                options, report, name, servers, sessions, make, cancellationToken);
            Array.ForEach(measured, row => Add(costs, $"{name}, {sessions} sessions, {row.Server}", row));
            for (var i = 1; i < measured.Length; i++)
            {
                Add(ratios, name, measured[i], measured[i - 1]);
            }

            if (name == "echo")
            {
                report.TargetAtLeast("echo, rate in a cluster of one process, times embedded", LeastRate, Ratios(measured[1], measured[0], Rate).Median(), "");
            }
        }

        report.Section("cluster", How(options, parts), costs);
        report.Section("cluster, ratios", "Medians of the ratios of rounds that ran next to each other, and how far those lie apart.", ratios);
    }

    private static string How(BenchmarkOptions options, ClusterParts parts)
    {
        const string Storage = "increment is durable before it is answered: embedded in a file, flushed; both in the memory of a grain; gateway + silo "
            + "in an emulated table service, whose CPU time is not counted.";
        return $"Medians of {options.Rounds} rounds each, in turns (A B C A B C). CPU time is the sum of the servers' processes. {Storage} {parts.MissingTables}".TrimEnd();
    }

    private static void Add(Table table, string name, ServerRounds row) => table.Add(
        name,
        Figures.Micro(row.Results.Select(Cpu).Median()),
        Figures.Rate(row.Results.Select(Rate).Median()),
        Figures.Milli(row.Results[^1].Latencies.Percentile(0.50)),
        Figures.Milli(row.Results[^1].Latencies.Percentile(0.99)),
        Figures.Kilo(row.AllocatedPerCall));

    private static void Add(Table table, string call, ServerRounds row, ServerRounds to)
    {
        var (rates, cpus) = (Ratios(row, to, Rate), Ratios(row, to, Cpu));
        table.Add($"{call}, {row.Server} / {to.Server}", Figures.Times(rates.Median()), Figures.Spread(rates), Figures.Times(cpus.Median()), Figures.Spread(cpus));
    }

    private static double[] Ratios(ServerRounds row, ServerRounds to, Func<LoadResult, double> figure) =>
        [.. row.Results.Zip(to.Results, (a, b) => figure(a) / figure(b))];

    private static double Rate(LoadResult result) => result.PerSecond;

    private static double Cpu(LoadResult result) => result.CpuPerCall;
}
