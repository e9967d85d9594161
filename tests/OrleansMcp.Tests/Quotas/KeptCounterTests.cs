using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Policy counters of clients and tenants, kept with the tenant's ledgers.</summary>
public sealed class KeptCounterTests
{
    private readonly LedgerBench _bench = new();

    [Fact]
    public async Task A_crash_gives_nothing_back()
    {
        Assert.Equal(3, await CallAsync(limit: 5, times: 3));
        _bench.Crash();
        Assert.Equal(2, await CallAsync(limit: 5, times: 9));
    }

    [Fact]
    public async Task An_orderly_restart_remembers_exactly()
    {
        Assert.Equal(300, await CallAsync(limit: 1000, times: 300));
        await _bench.RestartAsync();
        Assert.Equal(700, await CallAsync(limit: 1000, times: 2000));
    }

    [Fact]
    public async Task A_crash_of_a_busy_counter_counts_an_eighth_too_much_at_most()
    {
        Assert.Equal(800, await CallAsync(limit: 1000, times: 800));
        _bench.Crash();
        Assert.InRange(await CallAsync(limit: 1000, times: 2000), 100, 200);
    }

    [Fact]
    public async Task The_next_window_begins_at_nothing()
    {
        Assert.Equal(5, await CallAsync(limit: 5, times: 9));
        _bench.Crash();
        _bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, await CallAsync(limit: 5, times: 9));
    }

    [Fact]
    public async Task What_the_store_does_not_take_is_not_granted_and_not_counted()
    {
        Assert.Equal(1, await CallAsync(limit: 5, times: 1));
        _bench.Store.Fails = true;
        var refused = One(limit: 5);
        await Assert.ThrowsAsync<IOException>(async () => await _bench.Tenant.ReserveAsync(refused, default));
        _bench.Store.Fails = false;
        Assert.True((await _bench.Tenant.ReserveAsync(refused, default)).IsGranted); // the same delivery once more
        Assert.Equal(3, await CallAsync(limit: 5, times: 9));
    }

    [Fact]
    public async Task Counters_of_damaged_ledgers_count_as_spent_until_their_window_is_over_also_after_a_crash()
    {
        Assert.Equal(5, await CallAsync(limit: 5, times: 9));
        _bench.Damage();
        Assert.Equal(0, await CallAsync(limit: 5, times: 9));
        Assert.Equal(0, await CallAsync(limit: 5, times: 9, "never heard of"));
        _bench.Time.Advance(TimeSpan.FromMinutes(2));
        _ = await LedgerBench.CallAsync(_bench.NewMeter(), 1); // A write replaces what was damaged.
        _bench.Store.IsDamaged = false;
        _bench.Crash();
        Assert.Equal(0, await CallAsync(limit: 5, times: 9));
        _bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, await CallAsync(limit: 5, times: 9));
    }

    [Fact]
    public async Task A_claim_that_only_looks_at_a_counter_of_damaged_ledgers_is_refused_as_well()
    {
        _bench.Damage();
        var looks = new CounterReservation(
            Guid.NewGuid(), [new CounterClaim("counter", CounterWindow.Hour, 0, [new CounterCheck(CounterOperator.AtLeast, [3])])]);
        Assert.False((await _bench.Tenant.ReserveAsync(looks, default)).IsGranted);
    }

    [Fact]
    public async Task Windows_that_a_ledger_says_are_spent_are_spent_for_clients_that_it_does_not_name()
    {
        var bench = new LedgerBench(client: LedgerBench.Free with { CallsPerMinute = 5 });
        var now = bench.Time.GetUtcNow();
        var ledger = bench.Store.Open("acme");
        await ledger.LoadAsync(default);
        await ledger.SaveAsync(new LedgerRecord { Window = 0, SpentAt = now }, default);
        bench.Crash();
        Assert.Equal(0, await LedgerBench.CallAsync(bench.NewMeter("bob"), 9));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(5, await LedgerBench.CallAsync(bench.NewMeter("bob"), 9));
    }

    [Fact]
    public async Task Whatever_crashes_when_no_more_than_the_limit_is_ever_admitted()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 50; round++)
        {
            var (limit, admitted) = (random.Next(1, 400), 0);
            for (var step = 0; step < 60; step++)
            {
                admitted += await CallAsync(limit, random.Next(1, 20), $"counter {round}");
                _bench.Store.Fails = random.Next(8) == 0;
                if (random.Next(5) == 0)
                {
                    _bench.Store.Fails = false;
                    _bench.Crash();
                }
            }

            _bench.Store.Fails = false;
            Assert.InRange(admitted, 1, limit);
        }
    }

    private async Task<int> CallAsync(int limit, int times, string counter = "counter")
    {
        var admitted = 0;
        for (var call = 0; call < times; call++)
        {
            try
            {
                admitted += (await _bench.Tenant.ReserveAsync(One(limit, counter), default)).IsGranted ? 1 : 0;
            }
            catch (IOException)
            {
                // The store is away: not admitted.
            }
        }

        return admitted;
    }

    private static CounterReservation One(int limit, string counter = "counter") => new(
        Guid.NewGuid(), [new CounterClaim(counter, CounterWindow.Hour, 1, [new CounterCheck(CounterOperator.AtMost, [limit])])]);
}
