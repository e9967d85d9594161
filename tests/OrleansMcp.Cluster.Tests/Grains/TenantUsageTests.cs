using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Quotas.Usage;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>What is used of quotas, on its way from a tenant's actor to the process that an operator asks.</summary>
public sealed class TenantUsageTests : IAsyncLifetime
{
    private static readonly UsageQuery s_everybody = new(Clients: 10, LeastPercent: 0, Named: []);

    private ClusterEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await ClusterEngine.StartOwnAsync(
        TestConfiguration.With(quotas: new QuotaConfiguration { RequestsPerMinute = 100 }), isLocal: false);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public void Usage_and_query_arrive_as_they_were_sent()
    {
        var windowed = new QuotaUse("computeSecondsPerMinute", 1.5m, null, new DateTimeOffset(2026, 1, 1, 12, 1, 0, TimeSpan.Zero));
        var held = new QuotaUse("stateBytes", 3, 4, ResetsAt: null);
        var usage = RoundTrip(new TenantUsage([windowed, held], [new("alice", [held]), new("bob", [windowed])], Omitted: 7));
        Assert.Equal([windowed, held], usage.Quotas);
        Assert.Equal([("alice", held), ("bob", windowed)], usage.Clients.Select(one => (one.Client, one.Quotas.Single())));
        Assert.Equal(7, usage.Omitted);
        var query = RoundTrip(new UsageQuery(10, 80, ["alice"]));
        Assert.Equal((10, 80, "alice"), (query.Clients, query.LeastPercent, query.Named.Single()));
    }

    [Fact]
    public async Task Every_process_reads_what_all_of_them_have_counted()
    {
        foreach (var process in Processes)
        {
            await Tenant(process).CountRequestsAsync("alice", 10, CancellationToken.None);
        }

        foreach (var process in Processes)
        {
            var read = await Tenant(process).ReadUsageAsync(s_everybody, CancellationToken.None);
            var requests = read.Clients.Single().Quotas.Single(one => one.Name == "requestsPerMinute");
            Assert.InRange(requests.Used, 10 * Processes.Count, 100); // A count whose answer came late is made again.
            Assert.Equal(100, requests.Limit);
        }
    }

    [Fact]
    public async Task A_stopped_tenant_is_told_from_one_that_cannot_be_read()
    {
        foreach (var silo in _engine.Cluster.Silos)
        {
            silo.GetRequiredService<StoppedTenants>().Stop("acme", "The test wants it.");
        }

        await Assert.ThrowsAsync<TenantStoppedException>(() => Tenant(Processes[0]).ReadUsageAsync(s_everybody, CancellationToken.None).AsTask());
    }

    private IReadOnlyList<IServiceProvider> Processes => [.. _engine.Cluster.Silos, _engine.Cluster.Client.ServiceProvider];

    private static ITenant Tenant(IServiceProvider process) => new ClusterTenants(process.GetRequiredService<Orleans.IGrainFactory>()).Get("acme");

    private T RoundTrip<T>(T value) => _engine.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>()
        .Deserialize<T>(_engine.Cluster.Silos[0].GetRequiredService<Serializer>().SerializeToArray(value))!;
}
