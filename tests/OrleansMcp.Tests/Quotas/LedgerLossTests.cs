using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Quotas;

/// <summary>What is left of budgets when the tenant's actor, its ledgers or their store are lost: never more than there was.</summary>
public sealed class LedgerLossTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_spent_is_spent_after_the_loss_of_the_actor_and_no_more_after_an_orderly_restart(bool crash)
    {
        var bench = new LedgerBench(client: Calls(80));
        Assert.Equal(30, await LedgerBench.CallAsync(bench.NewMeter(), 30));
        if (crash)
        {
            bench.Crash();
        }
        else
        {
            await bench.RestartAsync();
        }

        // A lease of the lost session and what was written ahead count as spent: not more than an eighth of the budget each.
        Assert.InRange(await LedgerBench.CallAsync(bench.NewMeter(), 100), 30, 50);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(80, await LedgerBench.CallAsync(bench.NewMeter(), 100));
    }

    [Fact]
    public async Task Sessions_that_are_found_before_the_ledgers_are_read_refill_nothing()
    {
        var bench = new LedgerBench(client: Calls(10));
        Assert.Equal(10, await LedgerBench.CallAsync(bench.NewMeter(), 20));
        bench.Crash();
        bench.Tenant.Restore(new RegisteredSession("alice", bench.NewKey(), bench.Time.GetUtcNow()));
        bench.Tenant.Restore(new RegisteredSession("bob", bench.NewKey(), bench.Time.GetUtcNow()));
        Assert.Equal((0, 10), (await LedgerBench.CallAsync(bench.NewMeter(), 20), await LedgerBench.CallAsync(bench.NewMeter("bob"), 20)));
    }

    [Fact]
    public async Task A_crash_leaves_nothing_to_a_single_sessions_budget_and_all_to_a_session_opened_after_it()
    {
        var bench = new LedgerBench(session: Calls(5));
        var key = bench.NewKey();
        Assert.Null(await bench.Tenant.RegisterAsync("alice", key));
        Assert.Equal(2, await LedgerBench.CallAsync(bench.NewMeter(key: key), 2));
        bench.Configure(client: Calls(1000), session: Calls(5));
        Assert.Equal(1, await LedgerBench.CallAsync(bench.NewMeter(), 1));
        bench.Crash();
        Assert.Equal(0, await LedgerBench.CallAsync(bench.NewMeter(key: key), 1));
        var fresh = bench.NewKey();
        Assert.Null(await bench.Tenant.RegisterAsync("alice", fresh));
        Assert.Equal(5, await LedgerBench.CallAsync(bench.NewMeter(key: fresh), 9));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(5, await LedgerBench.CallAsync(bench.NewMeter(key: key), 9));
    }

    [Fact]
    public async Task An_orderly_restart_remembers_what_each_session_spent()
    {
        var bench = new LedgerBench(session: Calls(5));
        var key = bench.NewKey();
        Assert.Equal(1, await LedgerBench.CallAsync(bench.NewMeter(key: key), 1)); // The first lease of a minute is one call.
        await bench.RestartAsync();
        Assert.Equal(4, await LedgerBench.CallAsync(bench.NewMeter(key: key), 9));
    }

    [Fact]
    public async Task Damaged_ledgers_count_as_spent_until_the_minute_is_over()
    {
        var bench = new LedgerBench(client: Calls(5));
        bench.Damage();
        Assert.Equal(0, await LedgerBench.CallAsync(bench.NewMeter(), 1));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(5, await LedgerBench.CallAsync(bench.NewMeter(), 9));
    }

    [Fact]
    public async Task Nothing_is_granted_while_the_store_takes_nothing()
    {
        var bench = new LedgerBench(client: Calls(80));
        bench.Store.Fails = true;
        var meter = bench.NewMeter();
        await Assert.ThrowsAsync<QuotaUnavailableException>(async () => await meter.AdmitAsync(isTool: true, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(async () => await bench.Tenant.RegisterAsync("alice", bench.NewKey()));
        bench.Store.Fails = false;
        Assert.Equal(80, await LedgerBench.CallAsync(meter, 100));
    }

    [Fact]
    public async Task What_was_written_ahead_is_granted_for_two_minutes_while_the_store_takes_nothing()
    {
        var bench = new LedgerBench(client: Calls(800));
        var meter = bench.NewMeter();
        Assert.Equal(30, await LedgerBench.CallAsync(meter, 30));
        bench.Store.Fails = true;
        for (var minute = 0; minute < 2; minute++)
        {
            bench.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(30, await LedgerBench.CallAsync(meter, 30));
            await Assert.ThrowsAsync<QuotaUnavailableException>(() => LedgerBench.CallAsync(meter, 800));
        }

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => LedgerBench.CallAsync(meter, 1));
        bench.Store.Fails = false;
        Assert.Equal(800, await LedgerBench.CallAsync(meter, 900));
    }

    [Fact]
    public async Task An_actor_lost_in_a_minute_that_was_written_ahead_leaves_what_it_may_have_granted_spent()
    {
        var bench = new LedgerBench(client: Calls(800));
        Assert.Equal(30, await LedgerBench.CallAsync(bench.NewMeter(), 30));
        bench.Store.Fails = true;
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(20, await LedgerBench.CallAsync(bench.NewMeter(), 20));
        await Eventually.Holds(() => bench.Store.FailedWrites > 0, "the lost actor tried to write ahead"); // Its last write: it must not come after those of the next one.
        bench.Crash();
        bench.Store.Fails = false;
        Assert.InRange(await LedgerBench.CallAsync(bench.NewMeter(), 900), 700, 780);
    }

    private static QuotaConfiguration Calls(long perMinute) => LedgerBench.Free with { CallsPerMinute = perMinute };
}
