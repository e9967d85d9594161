using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// <c>echo</c> with 100, 1,000 and 10,000 live sessions, all of them called in turn over 50 connections, so that size is felt if it matters.
/// </summary>
internal static class FlatScenario
{
    private const int Connections = 50;
    private const double Limit = 1.15;
    private static readonly int[] s_sizes = [100, 1_000, 10_000];

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        var (ids, costs) = (new List<string>(), new List<double>());
        var table = new Table("live sessions", "server CPU per call", "calls", "p50", "p99");
        foreach (var size in s_sizes.Select(size => Math.Max(size / options.Scale, Connections)).Distinct())
        {
            ids.AddRange(await Mcp.Sessions.OpenManyAsync(server.Target, size - ids.Count, cancellationToken));
            using var calls = await WorkerSet.ConnectAsync(
                server.Target, Connections, number => new EchoCall(server.Target, number, Share(ids, number)), cancellationToken);
            List<LoadResult> results = [];
            for (var round = 0; round < options.FewRounds; round++)
            {
                results.Add(await LoadRun.RunAsync(
                    calls.Workers, server.Reading, round == 0 ? options.WarmUp : options.RunUp, options.Round, cancellationToken));
            }

            calls.Settle($"flat, {size} sessions", report);
            costs.Add(results.Select(result => result.CpuPerCall).Median());
            table.Add(
                $"{size:N0}", Figures.Micro(costs[^1]), Figures.Rate(results.Select(result => result.PerSecond).Median()),
                Figures.Milli(results[^1].Latencies.Percentile(0.50)), Figures.Milli(results[^1].Latencies.Percentile(0.99)));
        }

        report.Section("flat", $"{Connections} connections, each calling its share of the sessions in turn; medians of {options.FewRounds} rounds.", table);
        report.Target("cost per call, most live sessions / fewest", Limit, costs[^1] / costs[0], "");
    }

    private static List<string> Share(List<string> ids, int number) =>
        [.. ids.Where((_, index) => index % Connections == number)];
}
