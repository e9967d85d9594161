using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>What 10,000 idle sessions cost in resident memory while they stay in memory.</summary>
internal static class MemoryScenario
{
    private const double Limit = 14;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var count = SessionMemory.Sessions / options.Scale;
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        var empty = await SessionMemory.EmptyAsync(server, server.Target, cancellationToken);
        await SessionMemory.OpenIdleAsync(server.Target, count, report, cancellationToken);
        var full = await SessionMemory.ReadAsync(server, cancellationToken);
        var each = full.Each(empty, count);

        var table = new Table("memory", "resident (VmRSS)", "live objects");
        table.Add("server without sessions", Figures.Mega(empty.Resident), Figures.Mega(empty.Live));
        table.Add($"with {count:N0} idle sessions", Figures.Mega(full.Resident), Figures.Mega(full.Live));
        table.Add("per idle session", Figures.Kilo(each.Resident), Figures.Kilo(each.Live));
        report.Section("memory", SessionMemory.How + " Each session was opened and has echoed once.", table);
        report.Target("resident memory per idle session", Limit, each.Resident / 1024, " KB");
    }
}
