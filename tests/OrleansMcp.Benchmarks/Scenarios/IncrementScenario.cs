using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary><c>increment</c> at 32 sessions: durable before it is answered, and no value may be missing or come twice.</summary>
internal static class IncrementScenario
{
    private const int Sessions = 32;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        var ids = await Mcp.Sessions.OpenManyAsync(server.Target, Sessions, cancellationToken);
        using var calls = await WorkerSet.ConnectAsync(
            server.Target, Sessions, number => new IncrementCall(server.Target, ids[number]), cancellationToken);
        await LoadRun.RunAsync(calls.Workers, server.Reading, TimeSpan.Zero, options.RunUp, cancellationToken);
        var written = server.Reading.WrittenBytes;
        var result = await LoadRun.RunAsync(calls.Workers, server.Reading, options.RunUp, options.Round, cancellationToken);
        written = server.Reading.WrittenBytes - written;
        calls.Settle("increment", report);

        var table = new Table("32 sessions", "server CPU per call", "calls", "p50", "p99", "written per call");
        table.Add(
            "increment, durable", Figures.Micro(result.CpuPerCall), Figures.Rate(result.PerSecond),
            Figures.Milli(result.Latencies.Percentile(0.50)), Figures.Milli(result.Latencies.Percentile(0.99)),
            Figures.Kilo(written / Math.Max((double)result.Calls, 1)));
        report.Section("increment", "Each answer must be one more than the session's last.", table);
    }
}
