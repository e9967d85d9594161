using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// <c>echo</c> of another server, called through ours, at 64 sessions, in turns with our own <c>echo</c>: each session has a connection of its own to the
/// other server, which is that of the C# SDK. Only the CPU of our process counts.
/// </summary>
internal static class UpstreamScenario
{
    private const int Sessions = 64;
    private const double Limit = 2;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var other = await ServerProcess.StartStockAsync(cancellationToken);
        await using var server = await ServerProcess.StartInFrontOfAsync(other, cancellationToken);
        using var own = await Contestant.WithSessionsAsync(
            "our own echo", server.Target, server.Reading, Sessions, static (target, number, id) => new EchoCall(target, number, [id]), cancellationToken);
        using var through = await Contestant.WithSessionsAsync(
            "through to the C# SDK", server.Target, server.Reading, Sessions, static (target, number, id) => new EchoCall(target, number, [id], "other__echo"),
            cancellationToken);
        Contestant[] all = [through, own];
        var measured = await Turns.RunAsync(options, all, cancellationToken);
        List<double> allocated = [];
        foreach (var contestant in all)
        {
            allocated.Add(await Allocations.PerCallAsync(contestant, [server.Id], options, cancellationToken));
        }

        foreach (var contestant in all)
        {
            await contestant.SettleAsync("upstream", report, cancellationToken);
        }

        var table = new Table("echo of another server, 64 sessions", "our CPU per call", "times our own echo", "lowest - highest", "allocated per call", "calls", "p50", "p99");
        foreach (var (rounds, bytes) in measured.Zip(allocated))
        {
            var ratios = rounds.Against(measured[1], Rounds.CpuOf);
            table.Add(
                rounds.Name, Figures.Micro(rounds.Cpu), Figures.Times(ratios.Median()), Figures.Spread(ratios), Figures.Kilo(bytes), Figures.Rate(rounds.Rate),
                Figures.Milli(rounds.Percentile(0.50)), Figures.Milli(rounds.Percentile(0.99)));
        }

        report.Section("upstream", Rounds.How(measured), table);
        report.Target("a call through, our CPU, times our own echo", Limit, measured[0].Against(measured[1], Rounds.CpuOf).Median(), "");
    }
}
