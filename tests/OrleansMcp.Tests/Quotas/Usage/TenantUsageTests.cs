using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Tests.Quotas.Usage;

/// <summary>What a tenant's actor tells operators of its quotas.</summary>
public sealed class TenantUsageTests
{
    private static readonly UsageQuery s_everybody = new(Clients: 10, LeastPercent: 0, Named: []);

    [Fact]
    public async Task Every_limit_of_tenant_and_client_is_told_with_what_is_used_of_it()
    {
        var bench = new LedgerBench(LedgerBench.Free with { CallsPerMinute = 8, Sessions = 5 }, LedgerBench.Free with { CallsPerMinute = 100, StateBytes = 1 << 20 });
        var key = bench.NewKey();
        Assert.Null(await bench.Tenant.RegisterAsync("alice", key));
        var meter = bench.NewMeter(key: key);
        Assert.Equal(3, await LedgerBench.CallAsync(meter, 3));
        Assert.Null(await meter.KeepAsync(10_000));

        var read = await ReadAsync(bench);
        var alice = Assert.Single(read.Clients);
        Assert.Equal("alice", alice.Client);
        Assert.Equal(
            ["callsPerMinute 3 of 8", "computeSecondsPerMinute 0 of ", "requestsPerMinute 0 of ", "sessions 1 of 5"], alice.Quotas.Select(Text));
        Assert.Equal(
            ["callsPerMinute 3 of 100", "computeSecondsPerMinute 0 of ", "requestsPerMinute 0 of ", $"stateBytes {3 * 4096} of {1 << 20}"],
            read.Quotas.Select(Text));
        Assert.Equal(5, alice.Quotas[0].Left);
        Assert.Equal(bench.Time.GetUtcNow().AddMinutes(1), alice.Quotas[0].ResetsAt);
        Assert.Null(alice.Quotas[^1].ResetsAt);

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await ReadAsync(bench)).Clients.Single().Quotas[0].Used);
    }

    [Fact]
    public async Task Compute_without_a_limit_is_told_once_a_second_of_it_and_limits_nothing()
    {
        var bench = new LedgerBench();
        var meter = bench.NewMeter();
        Assert.Equal(1, await LedgerBench.CallAsync(meter, 1));
        meter.Charge(Quota.Compute, 400_000);
        Assert.Empty((await ReadAsync(bench)).Clients);
        meter.Charge(Quota.Compute, 700_000);

        var read = await ReadAsync(bench);
        Assert.Equal("computeSecondsPerMinute 1.1 of ", Text(read.Quotas[0]));
        Assert.Equal("computeSecondsPerMinute 1.1 of ", Text(read.Clients.Single().Quotas[0]));
        Assert.Null(read.Quotas[0].Left);
        meter.Charge(Quota.Compute, 3600L * 1_000_000);
        Assert.Equal(1, await LedgerBench.CallAsync(meter, 1));
        Assert.Equal(0, bench.Store.Writes);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await LedgerBench.CallAsync(meter, 1));
        Assert.Empty((await ReadAsync(bench)).Clients);
    }

    [Fact]
    public async Task Less_than_a_second_of_compute_comes_with_the_next_request_of_its_session()
    {
        var bench = new LedgerBench();
        var meter = bench.NewMeter();
        Assert.Equal(1, await LedgerBench.CallAsync(meter, 1));
        meter.Charge(Quota.Compute, 12_000);
        await meter.RenewAsync();
        Assert.Equal(0.012m, (await ReadAsync(bench)).Quotas[0].Used);
        await meter.RenewAsync();
        Assert.Equal(0.012m, (await ReadAsync(bench)).Quotas[0].Used); // It was told once.
    }

    [Fact]
    public async Task Requests_without_a_limit_are_told()
    {
        var bench = new LedgerBench();
        await bench.Tenant.CountRequestsAsync("bob", 70, CancellationToken.None);
        var read = await ReadAsync(bench);
        Assert.Equal("requestsPerMinute 70 of ", Text(read.Quotas[1]));
        Assert.Equal(("bob", "requestsPerMinute 70 of "), (read.Clients.Single().Client, Text(read.Clients.Single().Quotas[1])));
    }

    [Fact]
    public async Task A_leased_limit_of_one_level_is_told_at_the_level_without_one()
    {
        var bench = new LedgerBench(client: LedgerBench.Free with { ComputeSecondsPerMinute = 8 });
        Assert.Equal(1, await LedgerBench.CallAsync(bench.NewMeter(), 1));
        var read = await ReadAsync(bench);
        Assert.Equal(read.Clients.Single().Quotas[0].Used, read.Quotas[0].Used);
        Assert.InRange(read.Quotas[0].Used, 0.000001m, 1);
    }

    [Fact]
    public async Task The_nearest_to_a_limit_come_first_and_who_is_left_out_is_counted()
    {
        var bench = new LedgerBench(client: LedgerBench.Free with { CallsPerMinute = 10 });
        Assert.Equal(2, await LedgerBench.CallAsync(bench.NewMeter("alice"), 2));
        Assert.Equal(9, await LedgerBench.CallAsync(bench.NewMeter("bob"), 9));

        Assert.Equal("bob alice +0", await ClientsAsync(s_everybody));
        Assert.Equal("bob +1", await ClientsAsync(s_everybody with { Clients = 1 }));
        Assert.Equal("bob alice +0", await ClientsAsync(s_everybody with { Clients = 1, Named = ["alice", "carol"] }));
        Assert.Equal("bob +0", await ClientsAsync(s_everybody with { LeastPercent = 90 }));
        Assert.Equal(" +0", await ClientsAsync(s_everybody with { LeastPercent = 91 }));

        async Task<string> ClientsAsync(UsageQuery query) => await bench.Tenant.ReadUsageAsync(query, CancellationToken.None) is var read
            ? $"{string.Join(' ', read.Clients.Select(one => one.Client))} +{read.Omitted}"
            : "";
    }

    [Fact]
    public async Task Slots_of_a_lost_session_are_told_until_they_expire()
    {
        var bench = new LedgerBench(client: LedgerBench.Free with { ConcurrentCalls = 4 });
        var meter = bench.NewMeter();
        Assert.True(meter.TryAdmit(isTool: true) || await meter.AdmitAsync(isTool: true, CancellationToken.None) is null);
        Assert.Equal("concurrentCalls 1 of 4", Text((await ReadAsync(bench)).Clients.Single().Quotas[^1]));
        bench.Time.Advance(SlotLedger.Lifetime);
        Assert.Empty((await ReadAsync(bench)).Clients);
    }

    [Fact]
    public async Task A_minute_that_is_not_known_counts_as_used_up()
    {
        var bench = new LedgerBench(tenant: LedgerBench.Free with { CallsPerMinute = 8 });
        bench.Damage();
        Assert.Equal("callsPerMinute 8 of 8", Text((await ReadAsync(bench)).Quotas[0]));
    }

    [Fact]
    public async Task Ledgers_that_cannot_be_read_are_no_usage_of_nothing()
    {
        var bench = new LedgerBench();
        bench.Store.Fails = true;
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(bench));
    }

    private static string Text(QuotaUse use) => FormattableString.Invariant($"{use.Name} {use.Used} of {use.Limit}");

    private static Task<TenantUsage> ReadAsync(LedgerBench bench) => bench.Tenant.ReadUsageAsync(s_everybody, CancellationToken.None).AsTask();
}
