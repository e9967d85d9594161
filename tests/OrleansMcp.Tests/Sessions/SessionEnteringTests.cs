using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionEnteringTests
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);
    private readonly SessionBench _bench = new(TestConfiguration.With(new SessionConfiguration { IdleTimeout = s_idle }));

    public static TheoryData<string, string, string, string?, string> Strangers => new()
    {
        { "acme", "bob", "alice", null, SignalName.CrossSessionAttempt },
        { "acme", "alice", "another", null, SignalName.CrossSessionAttempt },
        { "acme", "alice", "alice", "thumbprint", SignalName.CrossSessionAttempt },
        { "globex", "alice", "alice", null, SignalName.CrossTenantAttempt },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_stranger_learns_nothing_and_changes_nothing_and_is_reported(
        string tenant, string client, string subject, string? thumbprint, string signal)
    {
        var stranger = new Caller(tenant, client, subject, thumbprint);
        ((ISessionSecrets)_bench.Vault).Put("token", [1]);
        var last = _bench.Session.LastActiveAt;
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        var (session, none) = (_bench.Session, CancellationToken.None);
        Assert.Equal(SessionReply.NotFound, await _bench.PingAsync(stranger));
        Assert.Equal(SessionReply.NotFound, await session.PostBatchAsync(stranger, [_bench.Request("ping")], default, none));
        Assert.Equal(SessionEventKind.NotFound, (await session.ListenAsync(stranger, default, none).SingleAsync(none)).Kind);
        Assert.Null(await session.EndAsync(stranger, none));
        Assert.False((await session.GetSealingKeyAsync(stranger, none)).IsFound);
        Assert.Equal(SecretOutcome.NotFound, (await session.PutSecretAsync(stranger, "other", new byte[1], none)).Outcome);
        Assert.Equal(SecretOutcome.NotFound, (await session.DeleteSecretAsync(stranger, "token", none)).Outcome);

        Assert.Equal(7, _bench.Raised(signal));
        Assert.Equal((stranger, SessionOwner.Of(SessionBench.Alice)), (_bench.Signals.Raised.First().Who, _bench.Signals.Raised.First().Whom));
        Assert.Equal((last, false, true, true), (session.LastActiveAt, session.IsBusy, session.Exists, session.Vault.HoldsOwn));
        Assert.False(session.IsOwnedBy(stranger));
        Assert.Equal(200, (await _bench.PingAsync()).Status);
    }

    [Fact]
    public async Task The_owner_is_the_same_whatever_its_credential_may_be_used_for()
    {
        Assert.Equal(200, (await _bench.PingAsync(SessionBench.Alice with { Scopes = new HashSet<string>() })).Status);
        Assert.Empty(_bench.Signals.Raised);
    }

    [Fact]
    public async Task A_record_of_another_session_or_one_that_has_ended_is_never_served()
    {
        var stored = _bench.Record.Value;
        foreach (var record in (SessionRecord[])[stored with { Key = SessionKey.Of("acme", isPrincipal: false, 2).Value },
            stored with { Owner = SessionOwner.Of(SessionBench.Carol) }, stored with { Ended = SessionEndReason.Idle }])
        {
            var bench = new SessionBench();
            bench.Record.Replace(record);
            Assert.False(bench.Session.Exists);
            Assert.Equal(SessionReply.NotFound, await bench.PingAsync(SessionBench.Alice));
            Assert.Equal(SessionReply.NotFound, await bench.PingAsync(SessionBench.Carol));
            Assert.Equal(SessionReply.NotFound, await bench.OpenAsync());
            Assert.Empty(bench.Store.Operations);
        }
    }

    [Fact]
    public async Task No_message_makes_a_session_that_was_not_opened()
    {
        var bench = new SessionBench(isNew: true);
        Assert.Equal(SessionReply.NotFound, await bench.PingAsync());
        Assert.False(bench.Session.Exists);
        Assert.Null(bench.Record.OrNull);
    }

    [Fact]
    public async Task A_principals_first_message_makes_its_session_and_nobody_elses_does()
    {
        var bench = new SessionBench(isPrincipal: true, isNew: true);
        Assert.Equal(SessionReply.NotFound, await bench.PingAsync(SessionBench.Bob));
        Assert.Null(bench.Record.OrNull);
        Assert.Equal(200, (await bench.PingAsync()).Status);
        Assert.Equal((SessionOwner.Of(SessionBench.Alice), 0), (bench.Record.Owner, bench.Record.Value.Version));
        Assert.Empty(bench.Store.Operations);
        Assert.Equal(SessionReply.NotFound, await bench.PingAsync(SessionBench.Bob));
    }

    [Fact]
    public async Task A_session_is_in_use_while_a_call_runs_or_somebody_listens()
    {
        Assert.False(_bench.Session.IsBusy);
        var reply = await _bench.PostWaitingAsync();
        Assert.True(_bench.Session.IsBusy);
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
        Assert.False(_bench.Session.IsBusy);

        await using (var listener = _bench.Session.ListenAsync(SessionBench.Alice, default, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None))
        {
            Assert.True(await listener.MoveNextAsync());
            Assert.True(_bench.Session.IsBusy);
        }

        Assert.False(_bench.Session.IsBusy);
    }

    [Fact]
    public async Task The_time_of_a_session_begins_anew_with_each_message_and_with_the_end_of_a_visit()
    {
        _ = _bench.Session;
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        var began = _bench.Time.GetUtcNow();
        var reply = await _bench.PostWaitingAsync();
        _bench.Time.Advance(TimeSpan.FromSeconds(1)); // Less than makes the reply a stream, with which the visit would end.
        Assert.Equal(began, _bench.Session.LastActiveAt);
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
        Assert.Equal((_bench.Time.GetUtcNow(), _bench.Time.GetUtcNow() + s_idle), (_bench.Session.LastActiveAt, _bench.Session.DueAt));
    }

    [Fact]
    public async Task A_message_that_comes_after_the_idle_time_ends_the_session_and_is_refused()
    {
        _bench.Time.Advance(s_idle - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await _bench.PingAsync()).Status);
        _bench.Time.Advance(s_idle);
        Assert.Equal(SessionReply.NotFound, await _bench.PingAsync());
        Assert.Equal(1, _bench.Raised(SignalName.SessionEnded));
        Assert.Contains("reason Idle", Assert.Single(_bench.Signals.Raised).What, StringComparison.Ordinal);
        Assert.False(_bench.Session.Exists);
    }

    [Fact]
    public async Task A_session_in_use_is_not_idle_and_ends_with_its_lifetime_all_the_same()
    {
        var reply = await _bench.PostWaitingAsync();
        _bench.Time.Advance(2 * s_idle);
        Assert.Null(await _bench.Session.EndIfOverdueAsync());
        Assert.Equal(200, (await _bench.PingAsync()).Status);
        _bench.Time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(SessionEndReason.Expired, (await _bench.Session.EndIfOverdueAsync())!.Reason);
        await _bench.Gates["gate"].Cancelled;
        await reply.InTime("the call was answered");
    }

    [Fact]
    public async Task An_operators_visit_is_counted_and_is_no_use_of_the_session()
    {
        _ = _bench.Session;
        var last = _bench.Session.LastActiveAt;
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        var held = _bench.Store.Held = new Gate();
        var shrinking = OperateAsync(_bench, "acme", OperatorAction.Shrink);
        await held.Entered;
        Assert.True(_bench.Session.IsBusy);
        held.Open();
        Assert.True((await shrinking.InTime("the operator was answered")).IsFound);
        Assert.Equal((false, last), (_bench.Session.IsBusy, _bench.Session.LastActiveAt));
    }

    [Fact]
    public async Task An_operator_finds_no_session_of_another_tenant_none_that_is_over_and_no_principal()
    {
        Assert.Equal(OperatorReply.NotFound, await OperateAsync(_bench, "globex"));
        Assert.True((await OperateAsync(_bench, "acme")).IsFound);
        _bench.Time.Advance(s_idle);
        Assert.Equal(OperatorReply.NotFound, await OperateAsync(_bench, "acme"));
        Assert.Equal(OperatorReply.NotFound, await OperateAsync(new SessionBench(isPrincipal: true), "acme"));
    }

    private static Task<OperatorReply> OperateAsync(SessionBench bench, string tenant, OperatorAction action = OperatorAction.Inspect) =>
        bench.Session.OperateAsync(new OperatorRequest("olga", tenant, action), CancellationToken.None);
}
