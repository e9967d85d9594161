using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary><c>echo</c> on one session, one call after the other: what a single client feels.</summary>
internal static class LatencyScenario
{
    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var table = new Table("1 session, sequential", "server CPU per call", "calls", "p50", "p99");
        await using (var server = await ServerProcess.StartAsync(cancellationToken))
        {
            var ids = await Mcp.Sessions.OpenManyAsync(server.Target, 1, cancellationToken);
            await MeasureAsync("OrleansMcp echo", server, _ => new EchoCall(server.Target, 0, ids));
        }

        await using (var bare = await ServerProcess.StartBareAsync(cancellationToken))
        {
            await MeasureAsync("bare Kestrel", bare, number => BareCall.Echo(bare.Target, number));
        }

        report.Section("latency", "Nobody else on the server.", table);

        async Task MeasureAsync(string name, ServerProcess server, Func<int, ICall> call)
        {
            using var calls = await WorkerSet.ConnectAsync(server.Target, 1, call, cancellationToken);
            var result = await LoadRun.RunAsync(calls.Workers, server.Reading, options.WarmUp, options.Round, cancellationToken);
            calls.Settle($"latency, {name}", report);
            table.Add(
                name, Figures.Micro(result.CpuPerCall), Figures.Rate(result.PerSecond),
                Figures.Micro(result.Latencies.Percentile(0.50)), Figures.Micro(result.Latencies.Percentile(0.99)));
        }
    }
}
