using OrleansMcp.Quotas;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Calls at a time.</summary>
public sealed class SlotTests
{
    private static readonly TimeSpan s_lost = TimeSpan.FromSeconds(31);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_at_a_time_are_counted_over_all_sessions(bool ofTenant)
    {
        var limit = LedgerBench.Free with { ConcurrentCalls = 5 };
        var bench = ofTenant ? new LedgerBench(tenant: limit) : new LedgerBench(client: limit);
        var (one, two) = (bench.NewMeter(), bench.NewMeter(ofTenant ? "bob" : "alice"));
        Assert.Equal((3, 2), (await BeginAsync(one, 3), await BeginAsync(two, 3)));
        var refusal = (await two.AdmitAsync(isTool: true, CancellationToken.None))!;
        Assert.Equal((Quota.ConcurrentCalls, ofTenant ? QuotaScope.Tenant : QuotaScope.Client), (refusal.Quota, refusal.Scope));
        Assert.True(refusal.RetryAfterSeconds > 0);
        one.Release();
        await one.RenewAsync(); // By now the slot has been given back.
        Assert.Equal(1, await BeginAsync(two, 3));
    }

    [Fact]
    public async Task A_sessions_own_limit_needs_no_slots()
    {
        var bench = new LedgerBench(session: LedgerBench.Free with { ConcurrentCalls = 2 });
        var meter = bench.NewMeter();
        Assert.Equal(2, await BeginAsync(meter, 3));
        Assert.Equal(QuotaScope.Session, (await meter.AdmitAsync(isTool: true, CancellationToken.None))!.Scope);
        Assert.Equal(2, await BeginAsync(bench.NewMeter(), 3));
        meter.Release();
        Assert.Equal(1, await BeginAsync(meter, 3));
    }

    [Fact]
    public async Task Slots_of_a_lost_session_come_back_and_those_of_a_living_one_are_renewed()
    {
        var bench = new LedgerBench(LedgerBench.Free with { ConcurrentCalls = 4 });
        var (living, lost) = (bench.NewMeter(), bench.NewMeter());
        Assert.Equal((2, 2), (await BeginAsync(living, 2), await BeginAsync(lost, 2)));
        bench.Time.Advance(s_lost / 2);
        await living.RenewAsync();
        bench.Time.Advance(s_lost / 2);
        Assert.Equal(2, await BeginAsync(bench.NewMeter(), 4));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 4)]
    public async Task Slots_that_a_lost_actor_had_handed_out_are_out_until_they_expire_where_sessions_outlive_it(bool sessionsOutlive, int atOnce)
    {
        var bench = new LedgerBench(LedgerBench.Free with { ConcurrentCalls = 4 }, sessionsOutlive: sessionsOutlive);
        var running = bench.NewMeter();
        Assert.Equal(4, await BeginAsync(running, 4));
        bench.Crash();
        Assert.Equal(atOnce, await BeginAsync(bench.NewMeter(), 4));
        bench.Time.Advance(s_lost);
        Assert.Equal(4, await BeginAsync(bench.NewMeter(), 4));
    }

    [Fact]
    public async Task A_call_that_runs_is_renewed_whatever_became_of_the_actor()
    {
        var bench = new LedgerBench(LedgerBench.Free with { ConcurrentCalls = 4 }, sessionsOutlive: true);
        var running = bench.NewMeter();
        Assert.Equal(3, await BeginAsync(running, 3));
        bench.Crash();
        await running.RenewAsync();
        bench.Time.Advance(s_lost - TimeSpan.FromSeconds(2));
        await running.RenewAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, await BeginAsync(bench.NewMeter(), 4));
    }

    [Fact]
    public async Task Slots_that_nobody_renews_are_let_go_of_although_nobody_asks_for_any()
    {
        var bench = new LedgerBench(LedgerBench.Free with { ConcurrentCalls = 4 });
        Assert.Equal(2, await BeginAsync(bench.NewMeter(), 2));
        bench.Time.Advance(s_lost);
        bench.Tenant.Tidy();
        var left = await bench.Tenant.ReadQuotasAsync("alice", bench.NewKey(), CancellationToken.None);
        Assert.Equal(4, left.Single(one => one.Name == QuotaNames.Of(Quota.ConcurrentCalls) && one.Scope == QuotaScope.Client).Left);
    }

    [Fact]
    public async Task A_store_that_took_what_a_new_minute_needs_may_fail_and_calls_still_find_slots()
    {
        var bench = new LedgerBench(LedgerBench.Free with { ConcurrentCalls = 64 }, sessionsOutlive: true);
        Assert.Equal(2, await BeginAsync(bench.NewMeter(), 2));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        var writes = bench.Store.Writes;
        Assert.Equal(1, await BeginAsync(bench.NewMeter(), 1));
        await Eventually.Holds(() => bench.Store.Writes > writes, "the store was told of the new minute");
        bench.Store.Fails = true;
        Assert.Equal(3, await BeginAsync(bench.NewMeter(), 3));
    }

    private static async Task<int> BeginAsync(SessionMeter meter, int calls)
    {
        var begun = 0;
        while (begun < calls && (meter.TryAdmit(isTool: true) || await meter.AdmitAsync(isTool: true, CancellationToken.None) is null))
        {
            begun++;
        }

        return begun;
    }
}
