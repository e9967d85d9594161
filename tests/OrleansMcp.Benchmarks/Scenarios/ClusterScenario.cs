using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>What a cluster costs: the same calls against a gateway with its silo, one process that does everything and the bare endpoint, in turns.</summary>
internal static class ClusterScenario
{
    private const int Sessions = 64;
    private const double Limit = 3.5;

    private static readonly (string Name, Func<Target, int, string, ICall> Make, Func<Target, int, ICall>? Bare)[] s_calls =
    [
        ("echo", static (target, number, id) => new EchoCall(target, number, [id]), BareCall.Echo),
        ("increment", static (target, _, id) => new IncrementCall(target, id), null),
    ];

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        if (TableService.Missing is { } missing)
        {
            report.LeftOut("cluster", missing);
            return;
        }

        await using var apart = await ServerSet.ApartAsync(cancellationToken);
        await using var one = await ServerSet.AllAsync(cancellationToken);
        await using var bare = await ServerProcess.StartBareAsync(cancellationToken);
        foreach (var (name, make, makeBare) in s_calls)
        {
            List<Contestant> contestants = [];
            try
            {
                foreach (var server in (ServerSet[])[apart, one])
                {
                    contestants.Add(await Contestant.WithSessionsAsync(server.Name, server.Target, server.Reading, Sessions, make, cancellationToken));
                }

                if (makeBare is not null)
                {
                    contestants.Add(await Contestant.WithoutSessionsAsync("bare Kestrel", bare, Sessions, makeBare, cancellationToken));
                }

                var measured = await Turns.RunAsync(options, contestants, cancellationToken);
                double[] allocated =
                [
                    await Allocations.PerCallAsync(contestants[0], apart.Ids, options, cancellationToken),
                    await Allocations.PerCallAsync(contestants[1], one.Ids, options, cancellationToken),
                ];
                foreach (var contestant in contestants)
                {
                    await contestant.SettleAsync($"cluster, {name}", report, cancellationToken);
                }

                Show(report, name, measured, allocated);
            }
            finally
            {
                contestants.ForEach(contestant => contestant.Dispose());
            }
        }
    }

    private static void Show(Report report, string name, Rounds[] measured, double[] allocated)
    {
        var last = measured[^1];
        var table = new Table($"{name}, {Sessions} sessions", "server CPU per call", $"times {last.Name}", "lowest - highest", "calls", "p50", "p99", "allocated per call");
        foreach (var (index, rounds) in measured.Index())
        {
            var ratios = rounds.Against(last, Rounds.CpuOf);
            table.Add(
                rounds.Name, Figures.Micro(rounds.Cpu), Figures.Times(ratios.Median()), Figures.Spread(ratios), Figures.Rate(rounds.Rate),
                Figures.Milli(rounds.Percentile(0.50)), Figures.Milli(rounds.Percentile(0.99)), index < allocated.Length ? Figures.Kilo(allocated[index]) : "");
        }

        report.Section(
            $"cluster, {name}", Rounds.How(measured) + " CPU time of gateway + silo is the sum of both; that of the emulated table service counts as others'.", table);
        if (name == "echo")
        {
            report.Target("echo, CPU of gateway and silo per call, times bare Kestrel", Limit, measured[0].Against(last, Rounds.CpuOf).Median(), "");
        }
    }
}
