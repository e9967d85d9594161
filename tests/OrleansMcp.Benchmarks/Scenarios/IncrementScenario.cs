using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>
/// <c>increment</c> at 64 sessions: durable before it is answered, and no value may be missing or come twice. In turns with a bare endpoint
/// that commits as many bytes in groups.
/// </summary>
internal static class IncrementScenario
{
    private const int Sessions = 64;
    private const double Part = 0.4;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        await using var commits = await ServerProcess.StartCommitsAsync(Sessions, cancellationToken);
        using var ours = await Contestant.WithSessionsAsync(
            "OrleansMcp, durable", server.Target, server.Reading, Sessions, static (target, _, id) => new IncrementCall(target, id), cancellationToken);
        using var bare = await Contestant.WithoutSessionsAsync("bare Kestrel and SQLite, durable", commits, Sessions, BareCall.Increment, cancellationToken);
        Contestant[] all = [ours, bare];
        var before = Array.ConvertAll(all, Written);
        var measured = await Turns.RunAsync(options, all, cancellationToken);
        var after = Array.ConvertAll(all, Written);
        foreach (var contestant in all)
        {
            await contestant.SettleAsync("increment", report, cancellationToken);
        }

        var table = new Table("increment, 64 sessions", "server CPU per call", "calls", "p50", "p99", "written per call");
        foreach (var (index, rounds) in measured.Index())
        {
            var (bytes, calls) = (after[index].Bytes - before[index].Bytes, after[index].Calls - before[index].Calls);
            table.Add(
                rounds.Name, Figures.Micro(rounds.Cpu), Figures.Rate(rounds.Rate), Figures.Milli(rounds.Percentile(0.50)),
                Figures.Milli(rounds.Percentile(0.99)), Figures.Kilo(bytes / Math.Max((double)calls, 1)));
        }

        var parts = measured[0].Against(measured[1], Rounds.RateOf);
        report.Section(
            "increment", $"{Rounds.How(measured)} Each answer must be one more than the session's last. "
            + $"Part of the bare rate: {Figures.Times(parts.Median())} ({Figures.Spread(parts)}).", table);
        report.TargetAtLeast("increment, durable, rate, part of a bare program's that commits as many bytes", Part, parts.Median(), "");
    }

    private static (long Bytes, long Calls) Written(Contestant contestant) =>
        (contestant.Clock!.WrittenBytes, contestant.Calls.Workers.Sum(worker => worker.Completed));
}
