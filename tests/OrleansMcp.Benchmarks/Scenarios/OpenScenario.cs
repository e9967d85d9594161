using System.Diagnostics;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// Opening a session (<c>initialize</c> and <c>notifications/initialized</c>) and ending it: each on its own, and both in turns with the
/// server of the C# SDK.
/// </summary>
internal static class OpenScenario
{
    private const int PerRound = 4000;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        await using var stock = await ServerProcess.StartStockAsync(cancellationToken);
        await OpenCycles.RunAsync(options, report, server, stock, cancellationToken);
        await RunApartAsync(options, report, server, cancellationToken);
    }

    private static async Task RunApartAsync(BenchmarkOptions options, Report report, ServerProcess server, CancellationToken cancellationToken)
    {
        var count = PerRound / options.Scale;
        List<string[]> opened = [];
        List<Cost> opens = [], ends = [];
        for (var round = 0; round < options.FewRounds; round++)
        {
            opens.Add(await MeasureAsync(
                server, async () => opened.Add(await Mcp.Sessions.OpenManyAsync(server.Target, count, cancellationToken))));
        }

        foreach (var ids in opened)
        {
            ends.Add(await MeasureAsync(server, () => Mcp.Sessions.EndManyAsync(server.Target, ids, cancellationToken)));
        }

        report.Checked(3L * count * options.FewRounds);
        var table = new Table("8 connections", "server CPU each", "wall each", "rate", "written each");
        Add(table, "open (2 requests, durable)", opens, count);
        Add(table, "end (DELETE, durable)", ends, count);
        report.Section(
            "open, apart", $"Medians of {options.FewRounds} rounds of {count} sessions, all opened before the first is ended, on the server that is warm by now.", table);
    }

    private static async Task<Cost> MeasureAsync(ServerProcess server, Func<Task> work)
    {
        var (cpu, written, watch) = (server.Reading.Cpu, server.Reading.WrittenBytes, Stopwatch.StartNew());
        await work();
        return new Cost(server.Reading.Cpu - cpu, watch.Elapsed, server.Reading.WrittenBytes - written);
    }

    private static void Add(Table table, string name, List<Cost> costs, int count)
    {
        var wall = costs.Select(cost => cost.Wall.TotalMicroseconds / count).Median();
        table.Add(
            name, Figures.Micro(costs.Select(cost => cost.Cpu.TotalMicroseconds / count).Median()), Figures.Micro(wall), Figures.Rate(1e6 / wall),
            Figures.Kilo(costs.Select(cost => cost.Written / (double)count).Median()));
    }

    private readonly record struct Cost(TimeSpan Cpu, TimeSpan Wall, long Written);
}
