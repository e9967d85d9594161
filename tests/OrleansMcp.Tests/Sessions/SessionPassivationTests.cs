using System.Text.Json.Nodes;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionPassivationTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task A_session_at_rest_leaves_with_the_time_of_its_last_message_and_answers_nobody_any_more()
    {
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        await _bench.PingAsync();
        Assert.True(await _bench.Session.TryPassivateAsync());
        Assert.Equal(_bench.Time.GetUtcNow(), _bench.Store[_bench.Record.Key]!.LastActiveAt);
        Assert.Equal((false, 1), (_bench.Session.Exists, _bench.Retired));
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.PingAsync());
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.PingAsync(SessionBench.Carol));
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.Session.EndIfOverdueAsync());
        await Assert.ThrowsAsync<SessionPassivatedException>(
            () => _bench.Session.OperateAsync(new("olga", "acme", OperatorAction.Inspect), CancellationToken.None));
        Assert.Empty(_bench.Signals.Raised);

        Assert.True(await _bench.Session.TryPassivateAsync());
        await _bench.Session.LeaveAsync();
        Assert.Equal(["leave"], _bench.Store.Operations);
        Assert.Equal(1, _bench.Retired);
    }

    [Fact]
    public async Task A_session_that_holds_secrets_does_not_leave_by_itself_and_takes_none_along_when_it_must()
    {
        ((ISessionSecrets)_bench.Vault).Put("token", [1]);
        Assert.False(await _bench.Session.TryPassivateAsync());
        Assert.True(((ISessionSecrets)_bench.Vault).Has("token"));
        await _bench.Session.LeaveAsync();
        Assert.False(_bench.Session.Vault.HoldsOwn);
        Assert.Equal(1, _bench.Retired);
    }

    [Fact]
    public async Task A_session_in_use_or_whose_record_is_being_written_does_not_leave_by_itself()
    {
        var reply = await _bench.PostWaitingAsync();
        Assert.False(await _bench.Session.TryPassivateAsync());
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");

        using (await _bench.Writer.EnterAsync(CancellationToken.None))
        {
            Assert.False(await _bench.Session.TryPassivateAsync());
        }

        Assert.Equal(200, (await _bench.PingAsync(id: 2)).Status);
        Assert.True(await _bench.Session.TryPassivateAsync());
    }

    [Fact]
    public async Task A_session_whose_call_waits_for_its_user_does_not_leave_by_itself()
    {
        var bench = new SessionBench(isPrincipal: true);
        var waiting = await WaitingCall.StartAsync(bench);
        Assert.False(await bench.Session.TryPassivateAsync());
        await bench.Session.LeaveAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Handler.InTime("the wait ended"));
    }

    [Fact]
    public async Task A_session_that_must_leave_answers_what_runs_that_it_moved_and_then_saves()
    {
        var reply = await _bench.PostWaitingAsync();
        var (saved, running) = (_bench.Store.Held = new Gate(), -1);
        _bench.Store.Beginning = _ => running = _bench.Calls.Count;
        var leaving = _bench.Session.LeaveAsync();
        await _bench.Gates["gate"].Cancelled;
        Assert.Equal(ReplyKind.Moved, (await reply.InTime("the call was answered")).Kind);
        await saved.Entered;
        Assert.Equal(0, running);
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.PingAsync());
        Assert.Equal((false, false), (leaving.IsCompleted, _bench.Session.Retirement.IsCompleted));
        saved.Open();
        await leaving.InTime("the session left");
        await _bench.Session.Retirement.InTime("a caller may go on to the next activation");
        await _bench.Session.Settlement.InTime("the tenant was told");
        Assert.Equal(1, _bench.Retired);
    }

    [Theory]
    [InlineData(null, false, "session_moved")] // it had not run
    [InlineData("bench_echo", true, "outcome_unknown")]
    [InlineData("bench_kept", true, "session_moved")]
    public void A_client_is_asked_to_send_a_call_again_that_moved_unless_its_tool_would_do_its_work_twice(string? tool, bool hasRun, string code)
    {
        var call = tool is null ? _bench.Call("ping") : _bench.ToolCall(tool);
        call.HasRun = hasRun;
        var data = JsonNode.Parse(Answer.Moved(call).Body)!["error"]!["data"]!;
        Assert.Equal((code, code == "session_moved"), ((string?)data["code"], (bool?)data["retryable"]));
    }

    [Fact]
    public async Task A_session_that_must_leave_finishes_the_write_that_was_begun()
    {
        var held = _bench.Store.Held = new Gate();
        var write = _bench.Writer.WriteAsync(static record => record with { LogLevel = "error" }, CancellationToken.None);
        await held.Entered;
        var leaving = _bench.Session.LeaveAsync();
        held.Open();
        await write.InTime("the change was made");
        await leaving.InTime("the session left");
        Assert.Equal(["save", "leave"], _bench.Store.Operations);
        Assert.Equal("error", _bench.Store[_bench.Record.Key]!.LogLevel);
        await Assert.ThrowsAsync<SessionEndedException>(
            () => _bench.Writer.WriteAsync(static record => record with { LogLevel = "info" }, CancellationToken.None));
    }

    [Fact]
    public async Task A_session_that_must_leave_while_it_ends_waits_for_the_end()
    {
        var bench = new SessionBench() { Store = new BenchStore { AppendsReceipts = true } };
        var held = bench.Store.Held = new Gate();
        var ending = bench.Session.EndAsync(SessionEndReason.Closed);
        await held.Entered;
        var leaving = bench.Session.LeaveAsync();
        Assert.False(leaving.IsCompleted);
        bench.Store.FailsOnce = new IOException("The disk is full.");
        held.Open();
        await Assert.ThrowsAsync<IOException>(() => leaving.InTime("the end failed"));
        await Assert.ThrowsAsync<IOException>(() => ending);
    }

    [Fact]
    public async Task A_session_that_is_fenced_off_gives_up_and_saves_nothing()
    {
        var reply = await _bench.PostWaitingAsync();
        _bench.Store.FailsOnce = new SessionFencedException("Another activation writes.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _bench.Writer.WriteAsync(static record => record with { LogLevel = "error" }, CancellationToken.None));
        Assert.Equal(ReplyKind.Moved, (await reply.InTime("the call was answered")).Kind);
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.PingAsync());
        await _bench.Session.Retirement.InTime("a caller may go on to the next activation");
        Assert.Equal(1, _bench.Retired);
        await _bench.Session.LeaveAsync();
        Assert.Empty(_bench.Store.Operations);
    }

    [Fact]
    public async Task A_record_that_turns_out_to_stand_is_looked_at_again()
    {
        var reply = await _bench.PostWaitingAsync();
        var standing = _bench.Record.Value with { Permissions = ["tool:bench_echo"], Version = 2 };
        _bench.Store.FailsOnce = new SessionRecordMovedException(standing);
        await _bench.Writer.WriteAsync(static record => record with { LogLevel = "error" }, CancellationToken.None);
        await _bench.Gates["gate"].Cancelled;
        Assert.Contains("permission_denied", (await reply.InTime("the call was revoked")).Json().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_in_memory_hears_of_what_its_configuration_takes_away_and_one_that_left_does_not()
    {
        var reply = await _bench.PostWaitingAsync();
        _bench.Permit("tool:bench_echo");
        await _bench.Gates["gate"].Cancelled;
        await reply.InTime("the call was revoked");

        Assert.True(_bench.Authorization.TryRenew(out var former, out var now));
        Assert.Same(former, now); // It looked already.

        var other = new SessionBench();
        await other.PostAsync(other.Request("tools/list"));
        Assert.True(await other.Session.TryPassivateAsync());
        other.Permit("tool:none");
        Assert.True(other.Authorization.TryRenew(out former, out now));
        Assert.NotSame(former, now);
    }

    [Fact]
    public async Task A_principal_that_never_stored_anything_leaves_nothing()
    {
        var bench = new SessionBench(isPrincipal: true, isNew: true);
        await bench.PingAsync();
        Assert.True(await bench.Session.TryPassivateAsync());
        Assert.Empty(bench.Store.Operations);
        Assert.Equal(1, bench.Retired);
    }

    [Fact]
    public async Task A_listener_hears_that_its_session_leaves()
    {
        await using var listener = _bench.Session.ListenAsync(SessionBench.Alice, default, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await listener.MoveNextAsync());
        Assert.False(await _bench.Session.TryPassivateAsync());
        var next = listener.MoveNextAsync().AsTask();
        await _bench.Session.LeaveAsync();
        Assert.False(await next.InTime("the stream ended"));
    }
}
