using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>Sessions opened and ended by 16 clients, durable, in turns with the server of the C# SDK, which keeps them in memory alone.</summary>
internal static class OpenCycles
{
    private const int Clients = 16;
    private const double MostCpu = 2;
    private const double LeastRate = 0.5;

    public static async Task RunAsync(
        BenchmarkOptions options, Report report, ServerProcess server, ServerProcess stockServer, CancellationToken cancellationToken)
    {
        using var ours = await Contestant.WithoutSessionsAsync("OrleansMcp, durable", server, Clients, Make, cancellationToken);
        using var stock = await Contestant.WithoutSessionsAsync("C# SDK, in memory", stockServer, Clients, Make, cancellationToken);
        Contestant[] all = [ours, stock];
        var measured = await Turns.RunAsync(options, all, cancellationToken);
        foreach (var contestant in all)
        {
            await contestant.SettleAsync("open", report, cancellationToken);
        }

        var table = new Table("open and end, 16 clients", "server CPU per cycle", "cycles", "p50 of a request", "p99 of a request", "client CPU per cycle");
        foreach (var rounds in measured)
        {
            table.Add(
                rounds.Name, Figures.Micro(rounds.Cpu * CycleCall.Requests), Figures.Rate(rounds.Rate / CycleCall.Requests),
                Figures.Milli(rounds.Percentile(0.50)), Figures.Milli(rounds.Percentile(0.99)), Figures.Micro(rounds.ClientCpu * CycleCall.Requests));
        }

        var (cpus, rates) = (measured[0].Against(measured[1], Rounds.CpuOf), measured[0].Against(measured[1], Rounds.RateOf));
        report.Section(
            "open", $"{Rounds.How(measured)} A cycle is initialize, notifications/initialized and DELETE. Times the C# SDK: server CPU "
            + $"{Figures.Times(cpus.Median())} ({Figures.Spread(cpus)}), rate {Figures.Times(rates.Median())} ({Figures.Spread(rates)}).", table);
        report.Target("opening and ending a session, durable, server CPU, times the C# SDK's", MostCpu, cpus.Median(), "");
        report.TargetAtLeast("opening and ending sessions, durable, rate, part of the C# SDK's", LeastRate, rates.Median(), "");
    }

    private static CycleCall Make(Target target, int number) => new(target);
}
