using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionEndingTests
{
    private readonly SessionBench _bench = new() { Store = new BenchStore { AppendsReceipts = true } };

    [Fact]
    public async Task The_owner_ends_the_session_and_gets_the_receipt()
    {
        await StoreAsync(_bench);
        ((ISessionSecrets)_bench.Vault).Put("token", [1]);
        var reply = await _bench.PostWaitingAsync();
        var receipt = await EndAsync(_bench);
        Assert.Equal((SessionEndReason.Closed, 1, 1), (receipt!.Reason, receipt.CallsCancelled, receipt.SecretsCleared));
        await _bench.Gates["gate"].Cancelled;
        Assert.NotNull((await reply.InTime("the call was answered")).ErrorCode());
        Assert.Null(_bench.Store[_bench.Record.Key]);
        Assert.Equal((false, false, 1), (_bench.Session.Exists, _bench.Session.Vault.HoldsOwn, _bench.Retired));
    }

    [Fact]
    public async Task An_ended_session_is_not_there_for_anybody_and_a_second_end_is_harmless()
    {
        await EndAsync(_bench);
        Assert.Null(await EndAsync(_bench));
        Assert.Equal(SessionReply.NotFound, await _bench.PingAsync());
        Assert.Equal(OperatorReply.NotFound, await _bench.Session.OperateAsync(new("olga", "acme", OperatorAction.Inspect), CancellationToken.None));
        Assert.True(await EndIsKnownAsync(_bench));
        Assert.Equal((1, 1), (_bench.Retired, _bench.Raised(SignalName.SessionEnded)));
        Assert.False(await _bench.Session.TryPassivateAsync());
        await _bench.Session.LeaveAsync();
        Assert.Equal(["end"], _bench.Store.Operations);
    }

    [Fact]
    public async Task Who_asks_for_an_end_that_runs_gets_its_receipt_and_nobody_enters_meanwhile()
    {
        await StoreAsync(_bench);
        var held = _bench.Store.Held = new Gate();
        var first = EndAsync(_bench);
        await held.Entered;
        var second = _bench.Session.EndAsync(SessionEndReason.Operator);
        Assert.Equal(SessionReply.NotFound, await _bench.PingAsync());
        Assert.Null(await EndAsync(_bench));
        Assert.False(first.IsCompleted || second.IsCompleted);
        held.Open();
        Assert.Same(await first.InTime("the session ended"), await second.InTime("the second one heard of it"));
        Assert.Equal(1, _bench.Retired);
    }

    [Fact]
    public async Task An_end_lets_the_write_that_was_begun_be_finished_and_none_begins_after_it()
    {
        await StoreAsync(_bench);
        var held = _bench.Store.Held = new Gate();
        var begun = _bench.Writer.WriteAsync(static record => record with { LogLevel = "error" }, CancellationToken.None);
        await held.Entered;
        var waiting = _bench.Writer.WriteAsync(static record => record with { LogLevel = "info" }, CancellationToken.None);
        var ending = EndAsync(_bench);
        Assert.False(ending.IsCompleted);
        held.Open();
        await begun.InTime("the write that was begun was finished");
        await Assert.ThrowsAsync<SessionEndedException>(() => waiting);
        await ending.InTime("the session ended");
        Assert.Equal(["save", "save", "end"], _bench.Store.Operations);
    }

    [Fact]
    public async Task A_caller_of_a_principal_that_ends_waits_until_it_may_find_the_next_life()
    {
        var bench = new SessionBench(isPrincipal: true);
        var held = bench.Store.Held = new Gate();
        var ending = EndAsync(bench);
        await held.Entered;
        var early = bench.PingAsync();
        Assert.False(early.IsCompleted);
        held.Open();
        Assert.Equal(SessionReply.NotFound, await early.InTime("the end was over"));
        await ending.InTime("the session ended");
    }

    [Fact]
    public async Task An_end_that_is_one_commit_and_fails_sends_its_callers_on_to_the_next_activation()
    {
        await StoreAsync(_bench);
        ((ISessionSecrets)_bench.Vault).Put("token", [1]);
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => EndAsync(_bench));
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.PingAsync());
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.Session.EndAsync(SessionEndReason.Idle));
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.Session.EndIfOverdueAsync());
        await _bench.Session.Retirement.InTime("a caller may go on");
        Assert.NotNull(_bench.Store[_bench.Record.Key]);
        Assert.Equal((1, 0, false), (_bench.Retired, _bench.Raised(SignalName.SessionEnded), _bench.Session.Vault.HoldsOwn));
    }

    [Fact]
    public async Task An_end_that_may_have_left_its_mark_and_fails_leaves_no_session()
    {
        var bench = new SessionBench();
        await StoreAsync(bench);
        var reply = await bench.PostWaitingAsync();
        bench.Store.Fails = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => EndAsync(bench));
        Assert.Equal(SessionReply.NotFound, await bench.PingAsync());
        await bench.Gates["gate"].Cancelled;
        await reply.InTime("the call was answered");
        Assert.Equal((false, 1), (bench.Session.Exists, bench.Retired));
    }

    [Fact]
    public async Task A_listener_hears_the_end()
    {
        await using var listener = _bench.Session.ListenAsync(SessionBench.Alice, default, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await listener.MoveNextAsync());
        var next = listener.MoveNextAsync().AsTask();
        await EndAsync(_bench);
        Assert.False(await next.InTime("the stream ended"));
    }

    [Fact]
    public async Task Who_reads_after_the_end_does_not_wait()
    {
        await EndAsync(_bench);
        Assert.Empty(await _bench.Streams.ReadToEndAsync(0).InTime("the stream ended"));
        var late = await _bench.Session.ListenAsync(SessionBench.Alice, default, CancellationToken.None).SingleAsync();
        Assert.Equal(SessionEventKind.NotFound, late.Kind);
    }

    [Fact]
    public async Task An_overdue_session_is_ended_by_its_engine_and_another_one_is_not()
    {
        Assert.Null(await _bench.Session.EndIfOverdueAsync());
        _bench.Time.Advance(_bench.Session.DueAt - _bench.Time.GetUtcNow() - TimeSpan.FromTicks(1));
        Assert.Null(await _bench.Session.EndIfOverdueAsync());
        _bench.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(SessionEndReason.Idle, (await _bench.Session.EndIfOverdueAsync())!.Reason);
        Assert.Null(await _bench.Session.EndIfOverdueAsync());
    }

    [Fact]
    public async Task An_operator_ends_the_session_and_gets_the_receipt()
    {
        var reply = await _bench.Session.OperateAsync(new("olga", "acme", OperatorAction.End), CancellationToken.None);
        Assert.Equal(SessionEndReason.Operator, reply.Receipt!.Reason);
        Assert.False(_bench.Session.Exists);
    }

    private static Task<SessionReceipt?> EndAsync(SessionBench bench) => bench.Session.EndAsync(SessionBench.Alice, CancellationToken.None);

    private static async Task<bool> EndIsKnownAsync(SessionBench bench) => await bench.Session.EndAsync(SessionEndReason.Idle) is { Reason: SessionEndReason.Closed };

    private static ValueTask StoreAsync(SessionBench bench) => bench.Store.SaveAsync(bench.Record.Value, CancellationToken.None);
}
