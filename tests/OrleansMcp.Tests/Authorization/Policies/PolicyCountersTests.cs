using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Sessions;

namespace OrleansMcp.Tests.Authorization.Policies;

public sealed class PolicyCountersTests
{
    private const string OwnFirst = """
        version: "1"
        tools: { t: { rules: [{ name: own, rate_limit: 2/hour, per: session }, { name: shared, rate_limit: 3/hour }] } }
        """;

    private const string Own = """
        version: "1"
        tools: { t: { rules: [{ name: own, rate_limit: 2/hour, per: session }] } }
        """;

    private readonly SessionBench _bench = new();

    [Fact]
    public async Task A_call_is_counted_until_the_limit_and_told_when_to_come_back()
    {
        Assert.Null((await ReserveAsync(Own)).Denial);
        Assert.Null((await ReserveAsync(Own)).Denial);
        _bench.Time.Advance(TimeSpan.FromMinutes(20));
        var (denial, held) = await ReserveAsync(Own);
        Assert.Equal(("own", 40 * 60), (denial!.Rule, denial.RetryAfterSeconds));
        Assert.Null(held.Own);
        _bench.Time.Advance(TimeSpan.FromMinutes(40));
        Assert.Null((await ReserveAsync(Own)).Denial);
    }

    [Fact]
    public async Task What_a_failed_call_gives_back_is_there_for_the_next_and_is_given_back_once()
    {
        var (_, held) = await ReserveAsync(OwnFirst);
        await ReserveAsync(OwnFirst);
        Assert.NotNull((await ReserveAsync(OwnFirst)).Denial);
        await _bench.Counters.ReturnAsync(held);
        await _bench.Counters.ReturnAsync(held);
        Assert.Null((await ReserveAsync(OwnFirst)).Denial);
        Assert.NotNull((await ReserveAsync(OwnFirst)).Denial);
    }

    [Fact]
    public async Task A_call_that_the_shared_counter_refuses_leaves_nothing_in_the_sessions_own()
    {
        var other = new CounterReservation(
            Guid.NewGuid(), [.. ClaimsOf(OwnFirst).Where(claim => !claim.Counter.IsLocal).Select(claim => claim.Claim)]);
        for (var call = 0; call < 3; call++)
        {
            Assert.True((await _bench.Tenants.Get("acme").ReserveAsync(other with { Id = Guid.NewGuid() }, CancellationToken.None)).IsGranted);
        }

        var (denial, held) = await ReserveAsync(OwnFirst);
        Assert.Equal("shared", denial!.Rule);
        Assert.Null(held.Own);
        Assert.Null(held.Shared);
        Assert.Equal(0, Counted());
    }

    [Fact]
    public async Task A_call_that_the_sessions_own_counter_refuses_does_not_count_with_the_tenant()
    {
        await ReserveAsync(OwnFirst);
        await ReserveAsync(OwnFirst);
        Assert.Equal("own", (await ReserveAsync(OwnFirst)).Denial!.Rule);
        var shared = new CounterReservation(
            Guid.NewGuid(), [.. ClaimsOf(OwnFirst).Where(claim => !claim.Counter.IsLocal).Select(claim => claim.Claim)]);
        Assert.True((await _bench.Tenants.Get("acme").ReserveAsync(shared, CancellationToken.None)).IsGranted);
    }

    [Fact]
    public async Task What_the_tenant_cannot_count_is_not_let_pass_and_counts_nowhere()
    {
        await _bench.Account.SpendWriteAsync(CancellationToken.None); // The tenant leases it writes.
        await _bench.Account.SpendWriteAsync(CancellationToken.None);
        _bench.Tenants.Ledgers.Fails = true;
        await Assert.ThrowsAsync<IOException>(async () => await ReserveAsync(OwnFirst));
        Assert.Equal(0, Counted());
        _bench.Tenants.IsAway = true;
        await Assert.ThrowsAsync<SessionUnavailableException>(async () => await ReserveAsync(OwnFirst));
        Assert.Equal(0, Counted());
    }

    [Fact]
    public async Task What_the_session_cannot_write_down_is_not_let_pass_and_counts_nowhere()
    {
        _bench.Store.Fails = new IOException("The disk is full.");
        await Assert.ThrowsAsync<McpException>(async () => await ReserveAsync(OwnFirst));
        Assert.Equal(0, Counted());
        _bench.Store.Fails = null;
        Assert.Null((await ReserveAsync(OwnFirst)).Denial);
    }

    [Fact]
    public async Task A_counter_that_goes_on_in_another_life_stands_at_no_less_than_was_let_pass()
    {
        await ReserveAsync(Own);
        await ReserveAsync(Own);
        var next = new PolicyCounters(_bench.Record, _bench.Writer, _bench.Tenants, _bench.Time, NullLogger.Instance);
        Assert.NotNull((await next.ReserveAsync(ClaimsOf(Own), CancellationToken.None)).Denial);
    }

    [Fact]
    public async Task A_session_that_leaves_writes_what_was_really_used()
    {
        const string Wide = """
            version: "1"
            tools: { t: { rules: [{ name: own, rate_limit: 640/hour, per: session }] } }
            """;
        Assert.Null(_bench.Counters.Exact());
        await ReserveAsync(Wide);
        await ReserveAsync(Wide);
        Assert.Single(_bench.Store.Operations);
        Assert.Equal((11, 2), (_bench.Record.Value.Counters!.Single().Total, Counted()));
    }

    [Fact]
    public async Task A_call_stays_answered_although_what_it_held_cannot_be_given_back()
    {
        var (_, held) = await ReserveAsync(OwnFirst);
        _bench.Tenants.IsAway = true;
        await _bench.Counters.ReturnAsync(held);
        Assert.Equal(0, Counted());
    }

    private decimal Counted() => _bench.Counters.Exact()?.Sum(counter => counter.Total) ?? 0;

    private static List<RuleClaim> ClaimsOf(string yaml)
    {
        var policy = Judging.SetOf(yaml).For(new PolicySubject("bench", "acme", "alice")).For(new PolicyTool("t"));
        Assert.Null(policy.Judge(new CallArguments(Judging.Json("{}")), out var claims));
        return claims!;
    }

    private ValueTask<(PolicyDenial? Denial, HeldClaims Held)> ReserveAsync(string yaml) =>
        _bench.Counters.ReserveAsync(ClaimsOf(yaml), CancellationToken.None);
}
