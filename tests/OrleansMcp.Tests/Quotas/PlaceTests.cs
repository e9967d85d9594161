using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;
using OrleansMcp.Tenants;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Which sessions a tenant asks to make room, and what it tells the client when none does.</summary>
public sealed class PlaceTests
{
    private static readonly TimeSpan s_idle = new SessionConfiguration().IdleTimeout;

    private readonly LedgerBench _bench = new(LedgerBench.Free with { Sessions = 3 });
    private readonly Dictionary<SessionKey, YieldReply> _kept = []; // the others hold nothing, and end
    private readonly Dictionary<SessionKey, DateTimeOffset> _usedAt = []; // the others were used when they opened

    public PlaceTests() => _bench.Sessions.Answer = AnswerAsync;

    [Fact]
    public async Task The_session_that_was_used_the_longest_time_ago_makes_room_and_only_it_is_asked()
    {
        var open = await OpenAsync(3);
        await OpenAsync(1);
        Assert.Equal([open[0]], _bench.Sessions.Asked);
        Assert.Equal(3, (await _bench.Tenant.ListSessionsAsync("alice", CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_session_that_the_tenant_has_heard_of_since_is_asked_last()
    {
        var open = await OpenAsync(3);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await _bench.NewMeter(key: open[0]).AdmitAsync(isTool: true, CancellationToken.None));
        await OpenAsync(2);
        Assert.Equal([open[1], open[2]], _bench.Sessions.Asked);
    }

    [Fact]
    public async Task One_that_was_used_without_the_tenant_is_found_out_when_it_is_asked()
    {
        var open = await OpenAsync(3);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        _usedAt[open[0]] = _bench.Time.GetUtcNow();
        await OpenAsync(1);
        Assert.Equal([open[0], open[1]], _bench.Sessions.Asked);
    }

    [Fact]
    public async Task Sessions_that_hold_something_are_passed_over_and_not_asked_again_at_once()
    {
        var open = await OpenAsync(3);
        _kept[open[0]] = Holding();
        _kept[open[1]] = new YieldReply(YieldOutcome.InUse, _bench.Time.GetUtcNow(), DueAt());
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        await OpenAsync(3);
        Assert.Equal(2 + 3, _bench.Sessions.Asked.Count);
        Assert.DoesNotContain(_bench.Sessions.Asked.Skip(2), open.Take(2).Contains);
    }

    [Fact]
    public async Task When_all_hold_something_the_one_idle_the_longest_makes_room_after_five_minutes_and_the_refusal_says_when()
    {
        var open = await OpenAsync(3);
        foreach (var key in open)
        {
            _kept[key] = Holding();
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var refusal = await RefusedAsync();
        Assert.Equal(120, refusal.RetryAfterSeconds);
        Assert.Equal(3, _bench.Sessions.Asked.Count);
        Assert.NotNull(await RegisterAsync());
        Assert.Equal(3, _bench.Sessions.Asked.Count);

        _bench.Time.Advance(TimeSpan.FromSeconds(refusal.RetryAfterSeconds));
        Assert.Null(await RegisterAsync());
        Assert.DoesNotContain(open[0], await _bench.Tenant.ListSessionsAsync("alice", CancellationToken.None));
    }

    [Fact]
    public async Task Where_refusal_is_configured_nothing_ends_before_its_time_and_the_refusal_says_when_that_is()
    {
        _bench.Configure(LedgerBench.Free with { Sessions = 3, OnCap = OnSessionCap.Refuse });
        var open = await OpenAsync(3);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        foreach (var key in open)
        {
            _usedAt[key] = _bench.Time.GetUtcNow();
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var refusal = await RefusedAsync();
        Assert.Equal((int)s_idle.TotalSeconds - 3, refusal.RetryAfterSeconds);
        _bench.Time.Advance(TimeSpan.FromSeconds(refusal.RetryAfterSeconds) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await RegisterAsync());
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await RegisterAsync());
        Assert.DoesNotContain(open[0], await _bench.Tenant.ListSessionsAsync("alice", CancellationToken.None));
    }

    [Fact]
    public async Task No_client_makes_room_for_another_one_of_its_tenant()
    {
        _bench.Configure(tenant: LedgerBench.Free with { Sessions = 2 });
        await OpenAsync(2, "bob");
        Assert.Contains("tenant", (await RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Sessions.Asked);
        Assert.Null(await _bench.Tenant.RegisterAsync("bob", _bench.NewKey()));
    }

    [Fact]
    public async Task What_is_refused_for_another_reason_ends_nothing()
    {
        _bench.Configure(LedgerBench.Free with { Sessions = 3, SessionsPerMinute = 3 });
        await OpenAsync(3);
        Assert.NotNull(await RegisterAsync());
        Assert.Empty(_bench.Sessions.Asked);
    }

    [Fact]
    public async Task Openings_at_once_do_not_pass_the_cap_and_each_ends_one_at_most()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(RegisterAsync)));
        Assert.All(answers, Assert.Null);
        Assert.Equal(37, _bench.Sessions.Asked.Count);
        Assert.Equal(3, (await _bench.Tenant.ListSessionsAsync("alice", CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_session_that_cannot_be_reached_counts_as_in_use()
    {
        var open = await OpenAsync(3);
        _bench.Sessions.Answer = (key, request) => key == open[0] ? throw new SessionUnavailableException("Away.") : AnswerAsync(key, request);
        await OpenAsync(1);
        Assert.Equal([open[0], open[1]], _bench.Sessions.Asked);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_left_to_the_next_expiry_check()
    {
        var open = await OpenAsync(3);
        _kept[open[0]] = new YieldReply(YieldOutcome.Absent);
        await OpenAsync(1);
        Assert.Equal(open[0], Assert.Single(_bench.Tenant.ListDue()).Session);
    }

    [Fact]
    public async Task After_a_restart_the_order_is_that_of_the_registry()
    {
        var now = _bench.Time.GetUtcNow();
        var (late, early, middle) = (_bench.NewKey(), _bench.NewKey(), _bench.NewKey());
        _bench.Tenant.Restore(new RegisteredSession("alice", late, now + s_idle));
        _bench.Tenant.Restore(new RegisteredSession("alice", early, now + TimeSpan.FromMinutes(1)));
        _bench.Tenant.Restore(new RegisteredSession("alice", middle, now + TimeSpan.FromMinutes(2)));
        _usedAt[early] = _usedAt[middle] = _usedAt[late] = DateTimeOffset.MinValue;
        await OpenAsync(2);
        Assert.Equal([early, middle], _bench.Sessions.Asked);
    }

    private async Task<List<SessionKey>> OpenAsync(int count, string client = "alice")
    {
        List<SessionKey> open = [];
        for (var i = 0; i < count; i++)
        {
            open.Add(_bench.NewKey());
            Assert.Null(await _bench.Tenant.RegisterAsync(client, open[i]));
            _bench.Tenant.Watch(client, open[i], DueAt());
        }

        return open;
    }

    private Task<SessionRefusal?> RegisterAsync() => _bench.Tenant.RegisterAsync("alice", _bench.NewKey()).AsTask();

    private async Task<SessionRefusal> RefusedAsync()
    {
        var refusal = await RegisterAsync();
        Assert.NotNull(refusal);
        return refusal;
    }

    private DateTimeOffset DueAt() => _bench.Time.GetUtcNow() + s_idle;

    private YieldReply Holding() => new(YieldOutcome.Holding, _bench.Time.GetUtcNow(), DueAt());

    /// <summary>As a session does: it ends when it may, and gives its place back.</summary>
    private async Task<YieldReply> AnswerAsync(SessionKey key, YieldRequest request)
    {
        var usedAt = _usedAt.GetValueOrDefault(key, DateTimeOffset.MinValue);
        var (kept, isOver) = (_kept.TryGetValue(key, out var reply), usedAt != DateTimeOffset.MinValue && _bench.Time.GetUtcNow() - usedAt >= s_idle);
        if (kept && (reply.Outcome != YieldOutcome.Holding || reply.LastActiveAt > request.HeldSince))
        {
            return reply;
        }

        if (!kept && usedAt > request.UnusedSince && !isOver)
        {
            return new YieldReply(YieldOutcome.Unused, usedAt, usedAt + s_idle);
        }

        foreach (var client in (string[])["alice", "bob"])
        {
            await _bench.Tenant.UnregisterAsync(client, key, CancellationToken.None);
        }

        return new YieldReply(YieldOutcome.Ended);
    }
}
