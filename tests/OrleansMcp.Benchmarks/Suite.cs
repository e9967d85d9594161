using System.Diagnostics;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Scenarios;

namespace OrleansMcp.Benchmarks;

/// <summary>All scenarios, in the order of the report.</summary>
internal static class Suite
{
    // Of one scenario; the attacks take about a minute each.
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(45);

    private static readonly (string Name, Func<BenchmarkOptions, Report, CancellationToken, Task> Run)[] s_scenarios =
    [
        ("echo", EchoScenario.RunAsync),
        ("start", StartScenario.RunAsync),
        ("latency", LatencyScenario.RunAsync),
        ("open", OpenScenario.RunAsync),
        ("memory", MemoryScenario.RunAsync),
        ("silo", SiloScenario.RunAsync),
        ("passivated", PassivatedScenario.RunAsync),
        ("flat", FlatScenario.RunAsync),
        ("writes", WritesScenario.RunAsync),
        ("increment", IncrementScenario.RunAsync),
        ("store", StoreScenario.RunAsync),
        ("records", RecordsScenario.RunAsync),
        ("cluster", ClusterScenario.RunAsync),
        ("controls", ControlsScenario.RunAsync),
        ("upstream", UpstreamScenario.RunAsync),
        ("neighbour", NeighbourScenario.RunAsync),
        ("abuse", AbuseScenario.RunAsync),
    ];

    public static IEnumerable<string> Names => s_scenarios.Select(scenario => scenario.Name);

    /// <summary>Runs what <paramref name="options"/> select and prints the report. 0: every reply was right; 1: not; 2: wrong usage.</summary>
    public static async Task<int> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var only = options.Url is null ? options.Only : "echo";
        var selected = s_scenarios.Where(scenario => only is null || scenario.Name == only).ToList();
        if (selected.Count == 0)
        {
            await Console.Error.WriteLineAsync($"No scenario is called {only}; there are: {string.Join(", ", Names)}.");
            return 2;
        }

        var report = new Report(Console.Out);
        report.Head(options);
        var watch = Stopwatch.StartNew();
        foreach (var (name, run) in selected)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_longest);
            try
            {
                await run(options, report, limit.Token);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                report.Failed($"{name}: {e.GetType().Name}: {e.Message}");
            }
        }

        report.Summary(watch.Elapsed);
        return report.Failures.Count == 0 ? 0 : 1;
    }
}
