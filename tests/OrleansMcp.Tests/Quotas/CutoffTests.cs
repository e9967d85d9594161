using OrleansMcp.Cutoffs;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Quotas;

/// <summary>The marks of a tenant's actor: durable, bounded, and right although clocks differ.</summary>
public sealed class CutoffTests
{
    private static readonly CutoffScope s_alice = new("alice", null);

    private readonly LedgerBench _bench = new();

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    [Fact]
    public async Task A_mark_is_read_by_the_next_actor_and_reported_once()
    {
        await CutOffAsync(s_alice, refuses: true);
        var former = _bench.Tenant.Cutoffs;
        _bench.Crash();
        await _bench.Tenant.LoadCutoffsAsync(CancellationToken.None);
        Assert.Equal(former.Marks, _bench.Tenant.Cutoffs.Marks);
        Assert.Equal(former.Version, _bench.Tenant.Cutoffs.Version);
        Assert.Equal("operator olga ended and refuses all sessions of client alice of tenant acme", Assert.Single(_bench.Signals.Raised).What);
    }

    [Fact]
    public async Task Marks_that_are_known_are_not_read_again()
    {
        Assert.Null(await _bench.Tenant.ReadCutoffsAsync(known: 0, CancellationToken.None));
        await CutOffAsync(s_alice);
        var news = await _bench.Tenant.ReadCutoffsAsync(known: 0, CancellationToken.None);
        Assert.Single(news!.Marks);
        Assert.Null(await _bench.Tenant.ReadCutoffsAsync(news.Version, CancellationToken.None));
    }

    [Fact]
    public async Task A_session_whose_process_has_a_fast_clock_is_ended_as_well()
    {
        await _bench.Tenant.LoadCutoffsAsync(CancellationToken.None);
        var ahead = Now + TimeSpan.FromSeconds(3);
        Assert.Null(await _bench.Tenant.RegisterAsync(Owner("alice"), _bench.NewKey(), ahead, CancellationToken.None));
        await CutOffAsync(s_alice);
        Assert.True(_bench.Tenant.Cutoffs.Ends(Owner("alice"), ahead));
        Assert.False(_bench.Tenant.Cutoffs.Ends(Owner("alice"), ahead + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public async Task One_that_opens_after_the_mark_on_a_slow_clock_is_told_to_try_again_instead_of_ending_later()
    {
        await CutOffAsync(s_alice);
        var refused = await _bench.Tenant.RegisterAsync(Owner("alice"), _bench.NewKey(), Now - TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.Equal(("ended_by_operator", 1), (refused!.Code, refused.RetryAfterSeconds));
        Assert.Null(await _bench.Tenant.RegisterAsync(Owner("alice"), _bench.NewKey(), Now + TimeSpan.FromTicks(1), CancellationToken.None));
        Assert.Empty(await _bench.Tenant.ListSessionsAsync("bob", CancellationToken.None));
    }

    [Theory]
    [InlineData(null, null, "alice", "x", true)]
    [InlineData("alice", null, "alice", "x", true)]
    [InlineData("alice", null, "bob", "x", false)]
    [InlineData(null, "x", "bob", "x", true)]
    [InlineData(null, "x", "bob", "y", false)]
    [InlineData("alice", "x", "alice", "x", true)]
    [InlineData("alice", "x", "alice", "y", false)]
    [InlineData("alice", "x", "bob", "x", false)]
    public async Task A_mark_is_about_its_scope_and_nobody_else(string? client, string? subject, string ofClient, string ofSubject, bool isAbout)
    {
        await CutOffAsync(new CutoffScope(client, subject), refuses: true);
        var owner = new SessionOwner("acme", ofClient, ofSubject, KeyThumbprint: null);
        Assert.Equal(isAbout, _bench.Tenant.Cutoffs.Ends(owner, Now));
        var refused = await _bench.Tenant.RegisterAsync(owner, _bench.NewKey(), Now + TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.Equal(isAbout ? "refused_by_operator" : null, refused?.Code);
    }

    [Fact]
    public async Task A_refusal_that_is_lifted_leaves_what_was_ended_ended()
    {
        await CutOffAsync(s_alice, refuses: true);
        var ended = Now;
        _bench.Time.Advance(TimeSpan.FromHours(1));
        await ChangeAsync(new CutoffChange(s_alice, "olga", Ends: false, IsRefused: false));
        Assert.True(_bench.Tenant.Cutoffs.Ends(Owner("alice"), ended));
        Assert.False(_bench.Tenant.Cutoffs.Ends(Owner("alice"), Now));
        Assert.Null(await _bench.Tenant.RegisterAsync(Owner("alice"), _bench.NewKey(), Now, CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task To_end_all_once_more_lifts_no_refusal_and_renews_none_that_the_configuration_has_lifted(bool isReadmitted)
    {
        await CutOffAsync(s_alice, refuses: true);
        _bench.Time.Advance(TimeSpan.FromHours(1));
        _bench.Readmit(isReadmitted ? Now : null);
        _bench.Time.Advance(TimeSpan.FromHours(1));
        await CutOffAsync(s_alice);
        Assert.True(_bench.Tenant.Cutoffs.Ends(Owner("alice"), Now));
        Assert.Equal(!isReadmitted, _bench.Tenant.Cutoffs.Find(s_alice)!.IsRefused);
    }

    [Fact]
    public async Task Marks_are_bounded_and_those_that_no_session_can_be_about_any_more_make_room()
    {
        for (var i = 0; i < 2_000; i++)
        {
            await CutOffAsync(new CutoffScope(null, $"subject {i}"));
        }

        await Assert.ThrowsAsync<CutoffLimitException>(() => CutOffAsync(new CutoffScope(null, "one more")));
        await CutOffAsync(new CutoffScope(null, "subject 7"), refuses: true);
        _bench.Time.Advance(TimeSpan.FromDays(367));
        await CutOffAsync(new CutoffScope(null, "one more"));
        Assert.NotNull(_bench.Tenant.Cutoffs.Find(new CutoffScope(null, "subject 7")));
        var kept = _bench.Tenant.Cutoffs.Marks;
        Assert.InRange(kept.Count, 1_900, 1_999);
        _bench.Crash();
        await _bench.Tenant.LoadCutoffsAsync(CancellationToken.None);
        Assert.Equal(kept.ToHashSet(), _bench.Tenant.Cutoffs.Marks.ToHashSet());
    }

    [Fact]
    public void What_a_tenant_sends_late_is_dropped_and_what_it_answers_is_taken()
    {
        var (table, one, two) = (new CutoffTable(), new CutoffSet(1, []), new CutoffSet(2, []));
        Assert.True(table.TryRaise("acme", two));
        Assert.False(table.TryRaise("acme", one));
        Assert.Same(two, table.Of("acme"));
        table.Replace("acme", asked: one, answer: one); // Others have arrived since.
        Assert.Same(two, table.Of("acme"));
        table.Replace("acme", asked: two, answer: one);
        Assert.Same(one, table.Of("acme"));
        Assert.Same(CutoffSet.Empty, table.Of("globex"));
    }

    private static SessionOwner Owner(string client) => new("acme", client, client, KeyThumbprint: null);

    private Task CutOffAsync(CutoffScope scope, bool refuses = false) => ChangeAsync(new CutoffChange(scope, "olga", Ends: true, refuses));

    private async Task ChangeAsync(CutoffChange change)
    {
        if (_bench.Tenant.Cutoffs.Version == 0)
        {
            await _bench.Tenant.LoadCutoffsAsync(CancellationToken.None);
        }

        Assert.NotNull((await _bench.Tenant.CutOffAsync(change, CancellationToken.None)).Mark);
    }
}
