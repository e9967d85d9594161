using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>
/// Load until a call costs what it will cost. The runtime compiles a hot path three times (plain, instrumented, optimised), on a core that
/// the server shares; what is measured meanwhile is the compiler.
/// </summary>
internal static class WarmUp
{
    private const int Longest = 16; // rounds
    private const int Needed = 3; // rounds in a row that bring no gain
    private const double Gain = 0.03;

    public static async Task RunAsync(IReadOnlyList<Worker> workers, ProcessReading? server, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await LoadRun.RunAsync(workers, server, TimeSpan.Zero, options.WarmUp, cancellationToken);
        var (best, still) = (double.MaxValue, 0);
        for (var round = 0; round < Longest && still < Needed && !options.Quick && server is not null; round++)
        {
            var cost = (await LoadRun.RunAsync(workers, server, TimeSpan.Zero, options.Round, cancellationToken)).CpuPerCall;
            still = cost < best * (1 - Gain) ? 0 : still + 1;
            best = Math.Min(best, cost);
        }

        foreach (var worker in workers)
        {
            worker.Latencies.Clear(); // Nobody runs: these are of a server that was still being compiled.
        }
    }
}
