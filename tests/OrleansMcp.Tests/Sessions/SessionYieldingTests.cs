using System.Text.Json;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionYieldingTests
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);
    private readonly SessionBench _bench = new(TestConfiguration.With(new SessionConfiguration { IdleTimeout = s_idle }));

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    private YieldRequest IfUnused => new("acme", Now, DateTimeOffset.MinValue);

    [Fact]
    public async Task A_session_that_holds_nothing_ends_with_a_receipt()
    {
        Assert.Equal(YieldOutcome.Ended, (await YieldAsync(IfUnused)).Outcome);
        Assert.False(_bench.Session.Exists);
        Assert.Contains("reason Evicted", Assert.Single(_bench.Signals.Raised, signal => signal.Name == SignalName.SessionEnded).What, StringComparison.Ordinal);
        Assert.Equal(YieldOutcome.Ended, (await YieldAsync(IfUnused)).Outcome);
        Assert.Single(_bench.Signals.Raised);
    }

    [Fact]
    public async Task One_that_was_used_later_than_is_asked_for_goes_on_and_says_when_it_was()
    {
        var asked = Now;
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await _bench.PingAsync()).Status);
        Assert.Equal(
            new YieldReply(YieldOutcome.Unused, Now, Now + s_idle), await YieldAsync(new YieldRequest("acme", asked, DateTimeOffset.MinValue)));
        Assert.True(_bench.Session.Exists);
    }

    [Fact]
    public async Task A_session_that_holds_state_yields_only_to_a_request_that_says_so()
    {
        Keep();
        await HoldsAsync();
    }

    [Fact]
    public async Task A_session_that_holds_a_secret_yields_only_to_a_request_that_says_so()
    {
        ((ISessionSecrets)_bench.Vault).Put("token", [1]);
        await HoldsAsync();
    }

    [Fact]
    public async Task A_listener_that_waits_for_a_resource_holds_the_session_and_one_that_waits_for_nothing_does_not()
    {
        await using var listener = _bench.Session.ListenAsync(SessionBench.Alice, default, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await listener.MoveNextAsync());
        _bench.Record.Replace(_bench.Record.Value with { Subscriptions = ["test://one"] });
        Assert.Equal(YieldOutcome.Holding, (await YieldAsync(IfUnused)).Outcome);
        _bench.Record.Replace(_bench.Record.Value with { Subscriptions = [] });
        Assert.Equal(YieldOutcome.Ended, (await YieldAsync(IfUnused)).Outcome);
        Assert.False(await listener.MoveNextAsync());
    }

    [Fact]
    public async Task A_session_with_a_running_call_does_not_yield_however_long_it_runs()
    {
        var reply = await _bench.PostWaitingAsync();
        _bench.Time.Advance(s_idle);
        Assert.Equal(YieldOutcome.InUse, (await YieldAsync(new YieldRequest("acme", Now, Now))).Outcome);
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
    }

    [Fact]
    public async Task A_session_whose_time_is_over_ends_as_idle()
    {
        Keep();
        _bench.Time.Advance(s_idle);
        Assert.Equal(YieldOutcome.Ended, (await YieldAsync(YieldRequest.IfOverdue("acme"))).Outcome);
        Assert.Contains("reason Idle", Assert.Single(_bench.Signals.Raised, signal => signal.Name == SignalName.SessionEnded).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_other_tenant_gets_an_answer_and_no_principal_is_asked()
    {
        Assert.Equal(YieldOutcome.Absent, (await YieldAsync(new YieldRequest("globex", Now, Now))).Outcome);
        Assert.True(_bench.Session.Exists);
        var principal = new SessionBench(isPrincipal: true);
        Assert.Equal(200, (await principal.PingAsync()).Status);
        Assert.Equal(YieldOutcome.Absent, (await principal.Session.YieldAsync(IfUnused, CancellationToken.None)).Outcome);
        Assert.True(principal.Session.Exists);
    }

    [Fact]
    public async Task A_stream_that_is_opened_again_and_again_does_not_keep_a_session_from_being_idle()
    {
        var last = _bench.Session.LastActiveAt;
        for (var minute = 0; minute < 10; minute++)
        {
            await using var listener = _bench.Session.ListenAsync(SessionBench.Alice, default, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
            Assert.True(await listener.MoveNextAsync());
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((last, Now), (_bench.Session.LastActiveAt, _bench.Session.LastUsedAt));
        Assert.Equal(SessionEndReason.Idle, (await _bench.Session.EndIfOverdueAsync())!.Reason);
    }

    private async Task HoldsAsync()
    {
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(YieldOutcome.Holding, (await YieldAsync(IfUnused)).Outcome);
        Assert.Equal(YieldOutcome.Holding, (await YieldAsync(new YieldRequest("acme", Now, Now - TimeSpan.FromMinutes(5.1)))).Outcome);
        Assert.Equal(YieldOutcome.Ended, (await YieldAsync(new YieldRequest("acme", Now, Now - TimeSpan.FromMinutes(5)))).Outcome);
        Assert.False(_bench.Session.Vault.HoldsOwn);
    }

    private void Keep() => _bench.Record.Replace(_bench.Record.Value with
    {
        State = new Dictionary<string, JsonElement> { ["key"] = JsonSerializer.SerializeToElement(1) },
    });

    private Task<YieldReply> YieldAsync(YieldRequest request) => _bench.Session.YieldAsync(request, CancellationToken.None);
}
