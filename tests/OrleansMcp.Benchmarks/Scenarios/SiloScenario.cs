using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>How many sessions a silo holds: what idle ones cost it in resident memory, opened through a gateway, kept in tables.</summary>
internal static class SiloScenario
{
    public static async Task RunAsync(BenchmarkOptions options, Report report, CancellationToken cancellationToken)
    {
        if (TableService.Missing is { } missing)
        {
            report.LeftOut("silo", missing);
            return;
        }

        var count = SessionMemory.Sessions / options.Scale;
        await using var servers = await ServerSet.ApartAsync(cancellationToken);
        var empty = await SessionMemory.EmptyAsync(servers.Home, servers.Target, cancellationToken);
        await SessionMemory.OpenIdleAsync(servers.Target, count, report, cancellationToken);
        var full = await SessionMemory.ReadAsync(servers.Home, cancellationToken);
        var each = full.Each(empty, count);

        var table = new Table("silo", "resident (VmRSS)", "live objects");
        table.Add("silo without sessions", Figures.Mega(empty.Resident), Figures.Mega(empty.Live));
        table.Add($"with {count:N0} idle sessions", Figures.Mega(full.Resident), Figures.Mega(full.Live));
        table.Add("per idle session", Figures.Kilo(each.Resident), Figures.Kilo(each.Live));
        report.Section("silo", SessionMemory.How + " The gateway and the table service are not counted.", table);
    }
}
