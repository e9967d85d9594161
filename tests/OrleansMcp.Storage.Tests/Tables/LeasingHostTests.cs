using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OrleansMcp.Storage.AzureTables;
using OrleansMcp.Storage.AzureTables.Formats;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>A host that serves alone, from its start to its end.</summary>
public sealed class LeasingHostTests(EmptyTables tables) : IClassFixture<EmptyTables>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await tables.EmptyAsync();

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task The_lease_is_there_before_anything_serves_and_until_all_has_stopped()
    {
        var look = new Lookout(async () => (await LeasesAsync()).Count);
        using var host = NewHost(look);
        await host.StartAsync().InTime("the host started");
        Assert.Equal(("serving lease", HealthStatus.Healthy), Assert.Single(await HealthAsync(host)));
        await host.StopAsync().InTime("the host stopped");
        Assert.Equal([1, 1, 1], look.Seen);
        Assert.Empty(await LeasesAsync());
    }

    [Fact]
    public async Task A_host_that_fails_to_start_leaves_no_lease_behind()
    {
        using (var host = NewHost(new Lookout(static () => throw new InvalidOperationException("the port is taken"))))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync().InTime("the host failed"));
        }

        Assert.Empty(await LeasesAsync());
    }

    [Fact]
    public async Task A_host_that_loses_its_lease_stops()
    {
        using var host = NewHost(new Lookout(static () => Task.FromResult(0)));
        await host.StartAsync().InTime("the host started");
        var row = Assert.Single(await LeasesAsync());
        row["Holder"] = "another";
        await tables.Service.GetTableClient(TableNames.Store).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
        await host.WaitForShutdownAsync().InTime("the host stopped by itself");
        Assert.Equal("another", Assert.Single(await LeasesAsync()).GetString("Holder"));
    }

    [Fact]
    public async Task The_format_is_checked_before_a_lease_is_written_into_the_tables()
    {
        await tables.AddAsync(TableNames.Sessions, new TableEntity("service_session_s-1", "session"));
        using var host = NewHost(new Lookout(static () => Task.FromResult(0)));
        await Assert.ThrowsAsync<TableFormatException>(() => host.StartAsync().InTime("the host was refused"));
        Assert.Equal([TableNames.Sessions], await tables.Service.QueryAsync().Select(found => found.Name).ToListAsync());
    }

    private IHost NewHost(Lookout look)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddServingLease(tables.Service, "service");
        builder.Services.AddHostedService(_ => look);
        return builder.Build();
    }

    private static async Task<IEnumerable<(string Check, HealthStatus Status)>> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries.Select(entry => (entry.Key, entry.Value.Status));

    private async Task<List<TableEntity>> LeasesAsync() => [.. (await tables.RowsAsync(TableNames.Store)).Where(row => row.PartitionKey == "lease")];

    /// <summary>What is there when something that serves starts, stops, and has stopped.</summary>
    private sealed class Lookout(Func<Task<int>> look) : IHostedLifecycleService
    {
        public List<int> Seen { get; } = [];

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StartAsync(CancellationToken cancellationToken) => Seen.Add(await look());

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken) => Seen.Add(await look());

        public async Task StoppedAsync(CancellationToken cancellationToken) => Seen.Add(await look());
    }
}
