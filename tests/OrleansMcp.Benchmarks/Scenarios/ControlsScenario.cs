using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// <c>echo</c> at 64 sessions with every control on (permissions one by one, ten rules and a counter, every quota of session, client and
/// tenant) in turns with a server on which nothing limits: what the controls cost.
/// </summary>
internal static class ControlsScenario
{
    private const int Sessions = 64;
    private const double LeastRate = 0.9;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var open = await ServerProcess.StartAsync(cancellationToken);
        await using var controlled = await ServerProcess.StartControlledAsync(cancellationToken);
        using var without = await ConnectAsync(open, cancellationToken);
        using var with = await ConnectAsync(controlled, cancellationToken);
        for (var i = 0; i < 2; i++)
        {
            await WarmUp.RunAsync(without.Workers, open.Reading, options, cancellationToken);
            await WarmUp.RunAsync(with.Workers, controlled.Reading, options, cancellationToken);
        }

        List<LoadResult> plain = [], judged = [];
        for (var round = 0; round < options.Rounds; round++)
        {
            plain.Add(await LoadRun.RunAsync(without.Workers, open.Reading, options.RunUp, options.Round, cancellationToken));
            judged.Add(await LoadRun.RunAsync(with.Workers, controlled.Reading, options.RunUp, options.Round, cancellationToken));
        }

        without.Settle("controls, none", report);
        with.Settle("controls, all", report);
        var table = new Table("echo, 64 sessions", "server CPU per call", "calls", "p50", "p99");
        Add(table, "nothing limits", plain);
        Add(table, "permissions, ten rules, a counter, all quotas", judged);
        report.Section("controls", $"Medians of {options.Rounds} rounds each, in turns (A B A B).", table);
        report.TargetAtLeast("echo, rate with all controls, times without", LeastRate, plain.Zip(judged, (a, b) => b.PerSecond / a.PerSecond).Median(), "");
    }

    private static async Task<WorkerSet> ConnectAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        var ids = await Mcp.Sessions.OpenManyAsync(server.Target, Sessions, cancellationToken);
        return await WorkerSet.ConnectAsync(
            server.Target, Sessions, number => new EchoCall(server.Target, number, [ids[number]]), cancellationToken);
    }

    private static void Add(Table table, string name, List<LoadResult> results) => table.Add(
        name,
        Figures.Micro(results.Select(result => result.CpuPerCall).Median()),
        Figures.Rate(results.Select(result => result.PerSecond).Median()),
        Figures.Milli(results[^1].Latencies.Percentile(0.50)),
        Figures.Milli(results[^1].Latencies.Percentile(0.99)));
}
