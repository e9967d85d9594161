using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// <c>echo</c> at 64 sessions, each on its own connection, in turns with the bare endpoint: both see the same noise of the machine.
/// </summary>
internal static class EchoScenario
{
    private const int Sessions = 64;
    private const double Limit = 2.2;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = options.Url is null ? await ServerProcess.StartAsync(cancellationToken) : null;
        await using var bareServer = await ServerProcess.StartBareAsync(cancellationToken);
        var target = server?.Target ?? await Target.OfAsync(options.Url!, options.Key, cancellationToken);
        var clock = server?.Reading ?? (options.Pid is { } pid ? new ProcessReading(pid) : null);

        var ids = await Mcp.Sessions.OpenManyAsync(target, Sessions, cancellationToken);
        using var calls = await WorkerSet.ConnectAsync(target, Sessions, number => new EchoCall(target, number, [ids[number]]), cancellationToken);
        using var bareCalls = await WorkerSet.ConnectAsync(
            bareServer.Target, Sessions, number => new BareCall(bareServer.Target, number), cancellationToken);

        await WarmUp.RunAsync(calls.Workers, clock, options, cancellationToken);
        await WarmUp.RunAsync(bareCalls.Workers, bareServer.Reading, options, cancellationToken);
        List<LoadResult> ours = [], bare = [];
        for (var round = 0; round < options.Rounds; round++)
        {
            ours.Add(await LoadRun.RunAsync(calls.Workers, clock, options.RunUp, options.Round, cancellationToken));
            bare.Add(await LoadRun.RunAsync(bareCalls.Workers, bareServer.Reading, options.RunUp, options.Round, cancellationToken));
        }

        await Mcp.Sessions.EndManyAsync(target, ids, cancellationToken);
        calls.Settle("echo", report);
        bareCalls.Settle("bare", report);
        Show(report, ours, bare);
    }

    private static void Show(Report report, List<LoadResult> ours, List<LoadResult> bare)
    {
        var table = new Table("64 sessions", "server CPU per call", "calls", "p50", "p99", "client CPU per call");
        Add(table, "OrleansMcp echo", ours);
        Add(table, "bare Kestrel", bare);
        var others = ours.Concat(bare).Select(result => result.OtherCores).Median();
        report.Section(
            "echo", $"Medians of {ours.Count} rounds each, in turns (A B A B). Percentiles over all rounds, warm-up left out. "
            + $"Other processes kept {others:0.0} cores busy meanwhile.", table);
        var ratio = ours.Zip(bare, (a, b) => b.CpuPerCall == 0 ? 0 : a.CpuPerCall / b.CpuPerCall).Median();
        if (ratio > 0)
        {
            report.Target("echo, server CPU per call, times bare Kestrel (median of the pairs)", Limit, ratio, "");
        }
    }

    private static void Add(Table table, string name, List<LoadResult> results) => table.Add(
        name,
        Figures.Micro(results.Select(result => result.CpuPerCall).Median()),
        Figures.Rate(results.Select(result => result.PerSecond).Median()),
        Figures.Milli(results[^1].Latencies.Percentile(0.50)),
        Figures.Milli(results[^1].Latencies.Percentile(0.99)),
        Figures.Micro(results.Select(result => result.ClientCpuPerCall).Median()));
}
