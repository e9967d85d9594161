using System.Diagnostics;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>Opening a session: <c>initialize</c> and <c>notifications/initialized</c>. Ending it is measured on its own.</summary>
internal static class OpenScenario
{
    private const int PerRound = 4000;
    private const double Limit = 250;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        List<Cost> opens = [], ends = [];
        var count = PerRound / options.Scale;
        for (var round = -1; round < options.Rounds; round++)
        {
            string[] ids = [];
            var open = await MeasureAsync(server, async () => ids = await Mcp.Sessions.OpenManyAsync(server.Target, count, cancellationToken));
            var end = await MeasureAsync(server, () => Mcp.Sessions.EndManyAsync(server.Target, ids, cancellationToken));
            report.Checked(3L * count);
            if (round >= 0)
            {
                opens.Add(open);
                ends.Add(end);
            }
        }

        var table = new Table("8 connections", "server CPU each", "wall each", "rate");
        Add(table, "open (2 requests, durable)", opens, count);
        Add(table, "end (DELETE, durable)", ends, count);
        report.Section("open", $"Medians of {options.Rounds} rounds of {count} sessions; one round before them as warm-up.", table);
        report.Target("opening a session, server CPU", Limit, opens.Select(cost => cost.Cpu.TotalMicroseconds / count).Median(), " us");
    }

    private static async Task<Cost> MeasureAsync(ServerProcess server, Func<Task> work)
    {
        var (cpu, watch) = (server.Reading.Cpu, Stopwatch.StartNew());
        await work();
        return new Cost(server.Reading.Cpu - cpu, watch.Elapsed);
    }

    private static void Add(Table table, string name, List<Cost> costs, int count)
    {
        var wall = costs.Select(cost => cost.Wall.TotalMicroseconds / count).Median();
        table.Add(name, Figures.Micro(costs.Select(cost => cost.Cpu.TotalMicroseconds / count).Median()), Figures.Micro(wall), Figures.Rate(1e6 / wall));
    }

    private readonly record struct Cost(TimeSpan Cpu, TimeSpan Wall);
}
