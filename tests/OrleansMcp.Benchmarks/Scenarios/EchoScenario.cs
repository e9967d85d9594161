using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// <c>echo</c> at 64 sessions, each on its own connection, in turns with the bare endpoint and with the server of the C# SDK.
/// </summary>
internal static class EchoScenario
{
    private const int Sessions = 64;
    private const double Limit = 1.9;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = options.Url is null ? await ServerProcess.StartAsync(cancellationToken) : null;
        await using var bareServer = await ServerProcess.StartBareAsync(cancellationToken);
        await using var stockServer = await ServerProcess.StartStockAsync(cancellationToken);
        var target = server?.Target ?? await Target.OfAsync(options.Url!, options.Key, cancellationToken);
        var clock = server?.Reading ?? (options.Pid is { } pid ? new ProcessReading(pid) : null);

        using var ours = await Contestant.WithSessionsAsync("OrleansMcp", target, clock, Sessions, Make, cancellationToken);
        using var bare = await Contestant.WithoutSessionsAsync("bare Kestrel", bareServer, Sessions, BareCall.Echo, cancellationToken);
        using var stock = await Contestant.WithSessionsAsync(
            "C# SDK", stockServer.Target, stockServer.Reading, Sessions, Make, cancellationToken);
        Contestant[] all = [ours, bare, stock];
        var measured = await Turns.RunAsync(options, all, cancellationToken);
        foreach (var contestant in all)
        {
            await contestant.SettleAsync("echo", report, cancellationToken);
        }

        Show(report, measured);
    }

    private static EchoCall Make(Target target, int number, string id) => new(target, number, [id]);

    private static void Show(Report report, Rounds[] measured)
    {
        var (ours, bare) = (measured[0], measured[1]);
        var table = new Table("echo, 64 sessions", "server CPU per call", "times bare", "lowest - highest", "calls", "p50", "p99", "client CPU per call");
        foreach (var rounds in measured)
        {
            var ratios = rounds.Against(bare, Rounds.CpuOf);
            table.Add(
                rounds.Name, Figures.Micro(rounds.Cpu), Figures.Times(ratios.Median()), Figures.Spread(ratios), Figures.Rate(rounds.Rate),
                Figures.Milli(rounds.Percentile(0.50)), Figures.Milli(rounds.Percentile(0.99)), Figures.Micro(rounds.ClientCpu));
        }

        report.Section("echo", Rounds.How(measured), table);
        if (ours.Cpu > 0)
        {
            report.Target("echo, server CPU per call, times bare Kestrel", Limit, ours.Against(bare, Rounds.CpuOf).Median(), "");
        }
    }
}
