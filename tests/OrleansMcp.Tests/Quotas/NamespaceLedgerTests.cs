using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas;

/// <summary>What namespaces of records hold of the quotas for state, which outlives sessions, actors and crashes.</summary>
public sealed class NamespaceLedgerTests
{
    private const long Limit = 40_960;

    [Theory]
    [InlineData(QuotaScope.Client)]
    [InlineData(QuotaScope.Tenant)]
    public async Task What_namespaces_hold_is_counted_until_it_is_given_back(QuotaScope scope)
    {
        var quotas = LedgerBench.Free with { StateBytes = Limit };
        var bench = scope == QuotaScope.Client ? new LedgerBench(client: quotas) : new LedgerBench(tenant: quotas);
        Assert.Null((await KeepAsync(bench, "alice", "orders", Limit)).Refusal);
        var refused = await KeepAsync(bench, "alice", "orders", Limit + 1);
        Assert.Equal((Quota.StateBytes, scope, Limit), (refused.Refusal!.Quota, refused.Refusal.Scope, refused.Bytes));
        Assert.Equal(scope, (await KeepAsync(bench, "alice", "other", 1)).Refusal?.Scope);
        Assert.Equal(scope == QuotaScope.Tenant ? scope : null, (await KeepAsync(bench, "bob", "orders", Limit)).Refusal?.Scope);
        Assert.Equal(Limit / 2, (await KeepAsync(bench, "alice", "orders", Limit / 2)).Bytes);
        Assert.Null((await KeepAsync(bench, "alice", "other", Limit / 2)).Refusal);
    }

    [Fact]
    public async Task Sessions_and_namespaces_share_the_clients_quota()
    {
        var bench = new LedgerBench(client: LedgerBench.Free with { StateBytes = Limit });
        Assert.Null((await KeepAsync(bench, "alice", "orders", Limit / 2)).Refusal);
        var meter = bench.NewMeter();
        Assert.NotNull(await meter.KeepAsync(Limit));
        Assert.Null(await meter.KeepAsync(Limit / 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_granted_is_held_after_a_crash_as_well(bool inOrder)
    {
        var bench = new LedgerBench(client: LedgerBench.Free with { StateBytes = Limit });
        Assert.Null((await KeepAsync(bench, "alice", "orders", Limit)).Refusal);
        if (inOrder)
        {
            await bench.RestartAsync();
        }
        else
        {
            bench.Crash();
        }

        Assert.NotNull((await KeepAsync(bench, "alice", "other", 1)).Refusal);
        Assert.Null((await KeepAsync(bench, "alice", "orders", Limit)).Refusal);
    }

    [Fact]
    public async Task What_is_there_already_is_counted_whatever_the_quota_says_by_now()
    {
        var bench = new LedgerBench(client: LedgerBench.Free with { StateBytes = Limit });
        Assert.Null((await bench.Tenant.KeepAsync("alice", "orders", 2 * Limit, isHeld: true, CancellationToken.None)).Refusal);
        Assert.NotNull((await KeepAsync(bench, "alice", "other", 1)).Refusal);
    }

    private static ValueTask<StateCharge> KeepAsync(LedgerBench bench, string client, string name, long bytes) =>
        bench.Tenant.KeepAsync(client, name, bytes, isHeld: false, CancellationToken.None);
}
