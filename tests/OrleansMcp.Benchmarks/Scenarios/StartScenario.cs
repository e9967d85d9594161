using System.Diagnostics;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>How long a process takes until it is ready, and what it holds before the first session, on a new data folder and on one in use.</summary>
internal static class StartScenario
{
    private const int Starts = 5;
    private const int Sessions = 1000;
    private const double MostSeconds = 2.5;
    private const double MostMegabytes = 135;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var (sessions, starts) = (Sessions / options.Scale, Math.Min(Starts, options.Rounds));
        using var used = new TemporaryFolder();
        await using (var server = await ServerProcess.StartInAsync(used, cancellationToken))
        {
            await Mcp.Sessions.OpenManyAsync(server.Target, sessions, cancellationToken);
        }

        List<Start> onNew = [], onUsed = [];
        for (var i = 0; i < starts; i++)
        {
            using var empty = new TemporaryFolder();
            onNew.Add(await StartAsync(empty, cancellationToken));
            onUsed.Add(await StartAsync(used, cancellationToken));
        }

        report.Checked((2L * sessions) + (2 * starts));
        var table = new Table("start", "until ready", "lowest - highest", "CPU until ready", "resident when ready", "left alone");
        Add(report, table, "new data folder", onNew);
        Add(report, table, $"data folder with {sessions:N0} sessions", onUsed);
        report.Section(
            "start", $"From the start of the process to the first 200 of /readyz, asked every 50 ms; medians of {starts} starts each, in turns. Each server before "
            + $"was killed. Other processes kept {onNew.Concat(onUsed).Select(start => start.OtherCores).Median():0.0} cores busy meanwhile.", table);
    }

    private static async Task<Start> StartAsync(TemporaryFolder folder, CancellationToken cancellationToken)
    {
        var (busy, mine, watch) = (MachineReading.Busy, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        await using var server = await ServerProcess.StartInAsync(folder, cancellationToken);
        var (elapsed, cpu) = (watch.Elapsed, server.Reading.Cpu);
        var others = MachineReading.Busy - busy - cpu - (Environment.CpuUsage.TotalTime - mine);
        return new Start(elapsed, cpu, server.Reading.Resident, await server.SettleAsync(s_patience, cancellationToken), Math.Max(0, others / elapsed));
    }

    private static void Add(Report report, Table table, string name, List<Start> starts)
    {
        var (seconds, settled) = (starts.ConvertAll(start => start.Elapsed.TotalSeconds), starts.Select(start => (double)start.Settled).Median());
        table.Add(
            name, $"{seconds.Median():0.00} s", Figures.Spread(seconds), $"{starts.Select(start => start.Cpu.TotalSeconds).Median():0.00} s",
            Figures.Mega(starts.Select(start => (double)start.Resident).Median()), Figures.Mega(settled));
        report.Target($"start until ready, {name}", MostSeconds, seconds.Median(), " s");
        report.Target($"resident before the first session, {name}", MostMegabytes, settled / (1024 * 1024), " MB");
    }

    private readonly record struct Start(TimeSpan Elapsed, TimeSpan Cpu, long Resident, long Settled, double OtherCores);
}
