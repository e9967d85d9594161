using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>What 10,000 idle sessions cost in resident memory while they stay in memory.</summary>
internal static class MemoryScenario
{
    private const double Limit = 20;

    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        var count = SessionMemory.Sessions / options.Scale;
        await using var server = await ServerProcess.StartAsync(cancellationToken);
        var empty = await SessionMemory.WarmAsync(server, options, cancellationToken);
        await SessionMemory.OpenIdleAsync(server, count, report, cancellationToken);
        var full = await SessionMemory.ReadAsync(server, cancellationToken);

        var table = new Table("resident memory", "as it is", "after an induced collection");
        table.Add("server without sessions", Figures.Mega(empty.AsIs), Figures.Mega(empty.Collected));
        table.Add($"with {count:N0} idle sessions", Figures.Mega(full.AsIs), Figures.Mega(full.Collected));
        table.Add("per idle session", Figures.Kilo(Each(full.AsIs - empty.AsIs)), Figures.Kilo(Each(full.Collected - empty.Collected)));
        report.Section("memory", "VmRSS once memory and CPU time stand still. Each session was opened and has echoed once; an idle process does not "
            + "collect its garbage, so both readings are shown.", table);
        report.Target("resident memory per idle session, as it is", Limit, Each(full.AsIs - empty.AsIs) / 1024, " KB");
        report.Target("resident memory per idle session, collected", Limit, Each(full.Collected - empty.Collected) / 1024, " KB");

        double Each(long bytes) => bytes / (double)count;
    }
}
