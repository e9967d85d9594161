using System.Diagnostics;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>What 10,000 sessions cost in memory once they have left it, and what bringing them back costs.</summary>
internal static class PassivatedScenario
{
    private const double Limit = 0.1; // Nothing but its row: this much is noise of the counter.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var count = SessionMemory.Sessions / options.Scale;
        await using var server = await ServerProcess.StartAsync(cancellationToken, passivateAfter: s_idle);
        var empty = await SessionMemory.EmptyAsync(server, server.Target, cancellationToken);
        var ids = await SessionMemory.OpenIdleAsync(server.Target, count, report, cancellationToken);

        // A passivation that has begun keeps the process busy; once all are done it is quiet.
        await Task.Delay(s_idle * 2, TimeProvider.System, cancellationToken);
        await server.SettleAsync(s_patience, cancellationToken);
        var asleep = await SessionMemory.ReadAsync(server, cancellationToken);
        var disk = new DirectoryInfo(server.DataFolder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        var (cpu, watch) = (server.Reading.Cpu, Stopwatch.StartNew());
        await SessionMemory.EchoOnceAsync(server.Target, ids, report, cancellationToken);
        var (wokenCpu, wokenWall) = (server.Reading.Cpu - cpu, watch.Elapsed);

        var each = asleep.Each(empty, count);
        var table = new Table($"{count:N0} sessions, passivated", "resident (VmRSS)", "live objects");
        table.Add("server without sessions", Figures.Mega(empty.Resident), Figures.Mega(empty.Live));
        table.Add("with the sessions asleep", Figures.Mega(asleep.Resident), Figures.Mega(asleep.Live));
        table.Add("per sleeping session", Figures.Kilo(each.Resident), Figures.Kilo(each.Live));
        report.Section("passivated", $"passivateAfter {s_idle.TotalSeconds:0} s; read once the server is quiet. {SessionMemory.How}", table);
        report.Target("live memory per passivated session", Limit, each.Live / 1024, " KB");

        var waking = new Table("sessions on disk", "KB each", "waking + echo, server CPU", "wall, one connection");
        waking.Add(
            $"{count:N0}", Figures.Kilo(disk / (double)count), Figures.Micro(wokenCpu.TotalMicroseconds / count),
            Figures.Micro(wokenWall.TotalMicroseconds / count));
        report.Section("waking", "Every passivated session is called once and must answer.", waking);
    }
}
