using System.Diagnostics;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>What sessions cost in memory once they have left it, and what bringing them back costs.</summary>
internal static class PassivatedScenario
{
    private const double Limit = 0.1; // Nothing but its row: this much is noise of the counter.
    private const int Lots = 6;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var count = SessionMemory.Sessions / options.Scale;
        await using var server = await ServerProcess.StartAsync(cancellationToken, passivateAfter: s_idle);
        var empty = await SessionMemory.EmptyAsync(server, server.Target, cancellationToken);
        var ids = await SessionMemory.OpenIdleAsync(server.Target, count, report, cancellationToken);
        var asleep = await AsleepAsync(server, cancellationToken);
        var disk = new DirectoryInfo(server.DataFolder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        var (cpu, watch) = (server.Reading.Cpu, Stopwatch.StartNew());
        await SessionMemory.EchoOnceAsync(server.Target, ids, report, cancellationToken);
        var (wokenCpu, wokenWall) = (server.Reading.Cpu - cpu, watch.Elapsed);

        // Pools and tables have grown with the first sessions, and to what it takes when all of them are awake. What more sessions add, of which
        // never so many are awake, is their own.
        var before = await AsleepAsync(server, cancellationToken);
        for (var lot = 0; lot < Lots; lot++)
        {
            await SessionMemory.OpenIdleAsync(server.Target, count / 2, report, cancellationToken);
            await SleepAsync(server, cancellationToken);
        }

        var after = await SessionMemory.ReadAsync(server, cancellationToken);
        var more = Lots * (count / 2);
        var each = after.Each(before, more);
        var table = new Table($"{count:N0} sessions, passivated", "resident (VmRSS)", "live objects");
        Add(table, "server without sessions", empty);
        Add(table, "with the sessions asleep", asleep);
        Add(table, "woken once, asleep again", before);
        Add(table, $"with {more:N0} more asleep", after);
        table.Add("each of these", Figures.Kilo(each.Resident), Figures.Kilo(each.Live));
        report.Section("passivated", $"passivateAfter {s_idle.TotalSeconds:0} s; read once the server is quiet. {SessionMemory.How}", table);
        report.Target("live memory per further passivated session", Limit, each.Live / 1024, " KB");

        var waking = new Table("sessions on disk", "KB each", "waking + echo, server CPU", "wall, one connection");
        waking.Add(
            $"{count:N0}", Figures.Kilo(disk / (double)count), Figures.Micro(wokenCpu.TotalMicroseconds / count),
            Figures.Micro(wokenWall.TotalMicroseconds / count));
        report.Section("waking", "Every passivated session is called once and must answer.", waking);
    }

    private static async Task<SessionMemory> AsleepAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        await SleepAsync(server, cancellationToken);
        return await SessionMemory.ReadAsync(server, cancellationToken);
    }

    /// <summary>Until all sessions sleep. A passivation that has begun keeps the process busy; when all are done it is quiet.</summary>
    private static async Task SleepAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        await Task.Delay(s_idle * 2, TimeProvider.System, cancellationToken);
        await server.SettleAsync(s_patience, cancellationToken);
    }

    private static void Add(Table table, string name, SessionMemory memory) =>
        table.Add(name, Figures.Mega(memory.Resident), Figures.Mega(memory.Live));
}
