using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// One tenant calls steadily while another floods with 64 sessions, without a pause and far over its quota. Rounds with and without the flood
/// take turns on the same server, so that what else the machine does counts for both.
/// </summary>
internal static class NeighbourScenario
{
    private const int Floods = 64;
    private const int Callers = 2;
    private const double MostSlowdown = 2;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        var flooder = server.Target with { Key = BenchmarkConfiguration.FloodKey };
        var mine = await Mcp.Sessions.OpenManyAsync(server.Target, Callers, cancellationToken);
        var theirs = await Mcp.Sessions.OpenManyAsync(flooder, Floods, cancellationToken);
        var (alone, beside, ratios) = (new List<double>(), new List<double>(), new List<double>());
        long flooded = 0;
        await RoundAsync(options.WarmUp);
        for (var round = 0; round < options.Rounds; round++)
        {
            var quiet = await RoundAsync(options.RunUp);
            using var flood = await WorkerSet.ConnectAsync(flooder, Floods, number => new FloodCall(new EchoCall(flooder, number, [theirs[number]])), cancellationToken);
            var phase = new Phase();
            var flooding = Task.WhenAll(flood.Workers.Select(worker => Task.Run(() => worker.RunAsync(phase), CancellationToken.None)));
            var loud = await RoundAsync(options.RunUp);
            phase.Stopping = true;
            await flooding.WaitAsync(TimeSpan.FromSeconds(15), TimeProvider.System, cancellationToken);
            flood.Settle("neighbour, flood", report);
            flooded += flood.Workers.Sum(worker => worker.Completed);
            alone.Add(quiet);
            beside.Add(loud);
            ratios.Add(loud / quiet);
        }

        var table = new Table("p99 of a steady tenant", "median of rounds");
        table.Add("alone", Figures.Micro(alone.Median()));
        table.Add($"beside {Floods} flooding sessions of another ({flooded:N0} calls)", Figures.Micro(beside.Median()));
        table.Add("ratio, paired", $"{ratios.Median():0.00}");
        report.Section("neighbour", "Every reply to the steady tenant is right; the flood's are right or refused as over quota.", table);
        report.Target("steady tenant's p99 beside a flood / alone", MostSlowdown, ratios.Median(), "");

        async Task<double> RoundAsync(TimeSpan runUp)
        {
            using var calls = await WorkerSet.ConnectAsync(
                server.Target, Callers, number => new EchoCall(server.Target, number, [mine[number]]), cancellationToken);
            var result = await LoadRun.RunAsync(calls.Workers, server.Reading, runUp, options.Round, cancellationToken);
            calls.Settle("neighbour, steady tenant", report);
            return result.Latencies.Percentile(0.99);
        }
    }
}
