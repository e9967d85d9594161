using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// <c>echo</c> of another server, that of the C# SDK, called through ours at 64 sessions, each over a connection of its own, in turns with our own <c>echo</c> and
/// with a bare endpoint that hands everything on: that is what HTTP alone costs. Only the CPU of the process in front counts.
/// </summary>
internal static class UpstreamScenario
{
    private const int Sessions = 64;
    private const double Limit = 2;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var other = await ServerProcess.StartStockAsync(cancellationToken);
        await using var server = await ServerProcess.StartInFrontOfAsync(other, cancellationToken);
        await using var bare = await ServerProcess.StartForwardingAsync(other, cancellationToken);
        using var own = await OpenAsync("our own echo", server, "echo", cancellationToken);
        using var through = await OpenAsync("through to the C# SDK", server, "other__echo", cancellationToken);
        using var forwarded = await OpenAsync("handed on by bare Kestrel", bare, "echo", cancellationToken);
        (Contestant Of, ServerProcess By)[] all = [(through, server), (own, server), (forwarded, bare)];
        var measured = await Turns.RunAsync(options, [.. all.Select(one => one.Of)], cancellationToken);
        var table = new Table($"echo of another server, {Sessions} sessions", "CPU per call", "times our own echo", "lowest - highest", "allocated per call", "calls", "p50", "p99");
        foreach (var ((contestant, process), rounds) in all.Zip(measured))
        {
            var (ratios, allocated) = (rounds.Against(measured[1], Rounds.CpuOf), await Allocations.PerCallAsync(contestant, [process.Id], options, cancellationToken));
            table.Add(
                rounds.Name, Figures.Micro(rounds.Cpu), Figures.Times(ratios.Median()), Figures.Spread(ratios), Figures.Kilo(allocated), Figures.Rate(rounds.Rate),
                Figures.Milli(rounds.Percentile(0.50)), Figures.Milli(rounds.Percentile(0.99)));
        }

        foreach (var (contestant, _) in all)
        {
            await contestant.SettleAsync("upstream", report, cancellationToken);
        }

        report.Section("upstream", Rounds.How(measured), table);
        report.Target("a call through, our CPU, times our own echo", Limit, measured[0].Against(measured[1], Rounds.CpuOf).Median(), "");
    }

    private static Task<Contestant> OpenAsync(string name, ServerProcess server, string tool, CancellationToken cancellationToken) => Contestant.WithSessionsAsync(
        name, server.Target, server.Reading, Sessions, (target, number, id) => new EchoCall(target, number, [id], tool), cancellationToken);
}
