using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Operators.Usage;
using OrleansMcp.Memory;
using OrleansMcp.Quotas;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Quotas;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Sessions;

namespace OrleansMcp.Tests.Http;

/// <summary>The bounds of what is read for operators, and what happens when an actor cannot be read.</summary>
public sealed class OperatedUsageTests
{
    [Fact]
    public async Task A_thousand_clients_are_listed_and_the_others_are_counted()
    {
        var configuration = Of(tenants: 1, clients: 1_003);
        var tenants = new BenchTenants(configuration, new FakeTimeProvider(), new SignalList());
        for (var client = 0; client < 1_003; client++)
        {
            await tenants.Get("t000").CountRequestsAsync($"c{client}", client + 1, CancellationToken.None);
        }

        var memory = new HeldMemory(configuration, available: 1L << 30);
        using var held = memory.Hold("t000", "c0"); // Of its quotas it has used least.
        held.TakeAnyway(memory.UseOf("t000", "c0").Limit);
        var read = await new OperatedUsage(tenants, memory, configuration).ReadAsync("t000", CancellationToken.None);
        Assert.Equal((1_000, 3), (read.Clients.Count, read.OmittedClients));
        Assert.Equal(["c0", "c1002", "c1001"], read.Clients.Take(3).Select(one => one.Client));
        Assert.NotEmpty(read.Clients[0].Quotas);
    }

    [Fact]
    public async Task Near_limits_are_bounded_and_the_nearest_are_kept()
    {
        var configuration = Of(tenants: 3, clients: 200);
        var memory = new HeldMemory(configuration, available: 1L << 30);
        var all = new List<HeldBytes>();
        for (var client = 0; client < 600; client++)
        {
            var (tenant, id) = ($"t00{client % 3}", $"c{client / 3}");
            var one = memory.Hold(tenant, id);
            one.TakeAnyway((memory.UseOf(tenant, id).Limit / 1000 * 820) + client);
            all.Add(one);
        }

        var page = await new OperatedUsage(new BenchTenants(configuration, new FakeTimeProvider(), new SignalList()), memory, configuration)
            .ListAsync(after: null, 2, CancellationToken.None);
        Assert.Equal(100, page.Near.Count);
        Assert.Equal((null, null), (page.Near[0].Client, page.Near[1].Client)); // Together they hold more than their tenant may.
        Assert.Equal(("t001", "c199"), (page.Near[2].Tenant, page.Near[2].Client)); // t002 is on another page.
        Assert.True(page.Near.Skip(2).Zip(page.Near.Skip(3)).All(pair => pair.First.Used >= pair.Second.Used));
        all.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task A_tenant_that_cannot_be_read_is_listed_with_its_error_and_the_next_ones_are_read()
    {
        var configuration = new TestConfigurationSource(TestConfiguration.With());
        var tenants = new BenchTenants(configuration, new FakeTimeProvider(), new SignalList());
        tenants.Ledgers.Fails = true;
        var usage = new OperatedUsage(tenants, new HeldMemory(configuration, available: 1L << 30), configuration);
        Assert.Equal(["acme unavailable", "globex "], await ListAsync());
        tenants.IsAway = true;
        Assert.Equal(["acme unavailable", "globex unavailable"], await ListAsync());

        async Task<IEnumerable<string>> ListAsync() =>
            (await usage.ListAsync(after: null, 100, CancellationToken.None)).Tenants.Select(one => $"{one.Tenant} {one.Error}");
    }

    [Fact]
    public async Task Sixteen_tenants_are_asked_at_once()
    {
        var configuration = Of(tenants: 40, clients: 0);
        var asked = new AskedTenants(configuration);
        var page = await new OperatedUsage(asked, new HeldMemory(configuration, available: 1L << 30), configuration)
            .ListAsync(after: null, 100, CancellationToken.None);
        Assert.Equal((40, 40, 16), (page.Tenants.Count, asked.All, asked.Most));
    }

    private static TestConfigurationSource Of(int tenants, int clients) => new(new ServerConfiguration
    {
        Tenants = Enumerable.Range(0, tenants).Select(tenant => new TenantConfiguration
        {
            Id = $"t{tenant:D3}",
            Clients = Enumerable.Range(0, clients).ToDictionary(
                client => $"c{client}", client => new ClientConfiguration { Id = $"c{client}", Quotas = new() }, StringComparer.Ordinal),
        }).ToDictionary(tenant => tenant.Id, StringComparer.Ordinal),
    });

    /// <summary>Tenants whose ledgers take a while to load, and how many are loaded at a time.</summary>
    private sealed class AskedTenants(IConfigurationSource configuration) : ITenantDirectory, ILedgerStore
    {
        public int Now { get; set; }

        public int Most { get; set; }

        public int All { get; set; }

        public ITenant Get(string tenant) =>
            new Tenant(tenant, configuration, new FakeTimeProvider(), this, new VolatileRecordStore(), new YieldingSessions(), new SignalList(), NullLogger.Instance);

        public ILedger Open(string tenant) => new SlowLedger(this);
    }

    private sealed class SlowLedger(AskedTenants asked) : ILedger
    {
        public bool MayOutliveActor => false;

        public async ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken)
        {
            lock (asked)
            {
                asked.All++;
                asked.Most = Math.Max(asked.Most, ++asked.Now);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            lock (asked)
            {
                asked.Now--;
            }

            return null;
        }

        public ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
