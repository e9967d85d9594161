using OrleansMcp.Authorization;
using OrleansMcp.Caching;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Operators;

public sealed class OperatorCommandsTests
{
    private readonly SessionBench _bench = new(TestConfiguration.With().Permitting("acme", "alice", "tool:bench_*", "resource:bench://*"));

    [Fact]
    public async Task A_look_tells_whose_session_it_is_and_changes_nothing()
    {
        Assert.Null(_bench.Calls.Add(_bench.ToolCall()));
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        _bench.Activity.Touch();
        var reply = await ExecuteAsync(OperatorAction.Inspect);
        Assert.Equal(
            ("alice", "alice", 1, _bench.Time.GetUtcNow()), (reply.Client, reply.Subject, reply.Calls, reply.LastActiveAt));
        Assert.Equal(["resource:bench://*", "tool:bench_*"], reply.Permissions);
        Assert.Empty(_bench.Store.Operations);
        Assert.Empty(_bench.Signals.Raised);
    }

    [Fact]
    public async Task A_shrink_is_durable_when_it_is_answered()
    {
        var held = _bench.Store.Held = new Gate();
        var shrinking = ExecuteAsync(OperatorAction.Shrink, "tool:bench_echo");
        await held.Entered;
        Assert.False(shrinking.IsCompleted);
        Assert.Empty(_bench.Signals.Raised);
        held.Open();
        Assert.Equal(["tool:bench_echo"], (await shrinking.InTime("it was answered")).Permissions);
        Assert.Equal(["tool:bench_echo"], _bench.Store[_bench.Record.Key]!.Permissions);
        var signal = Assert.Single(_bench.Signals.Raised);
        Assert.Equal((SignalName.OperatorAction, "operator olga left 1 permissions"), (signal.Name, signal.What));
    }

    [Fact]
    public async Task A_shrink_never_widens()
    {
        Assert.Equal(["tool:bench_echo"], (await ExecuteAsync(OperatorAction.Shrink, "tool:bench_echo", "tool:other", "prompt:*")).Permissions);
        Assert.Equal(["tool:bench_echo"], (await ExecuteAsync(OperatorAction.Shrink, "tool:*", "resource:*")).Permissions);
        Assert.Equal(["tool:bench_echo"], _bench.Record.Value.Permissions);
        Assert.Single(_bench.Store.Operations);
        Assert.Empty((await ExecuteAsync(OperatorAction.Shrink)).Permissions);
        Assert.Empty((await ExecuteAsync(OperatorAction.Shrink, "tool:*")).Permissions);
    }

    [Fact]
    public async Task A_shrink_that_the_store_does_not_take_did_not_happen()
    {
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => ExecuteAsync(OperatorAction.Shrink, "tool:bench_echo"));
        Assert.True(_bench.Authorization.Allows(SessionBench.Alice, PermissionKind.Tool, "bench_wait"));
        Assert.Empty(_bench.Signals.Raised);
    }

    [Fact]
    public async Task A_shrink_stops_what_is_not_permitted_any_more()
    {
        var call = _bench.ToolCall("bench_wait");
        Assert.Null(_bench.Calls.Add(call));
        Assert.True(_bench.Authorization.TryPermit(call, PermissionKind.Tool, "bench_wait"));
        _bench.Record.Replace(_bench.Record.Value with { Subscriptions = ["bench://one", "bench://two"] });
        var reply = await ExecuteAsync(OperatorAction.Shrink, "tool:bench_echo", "resource:bench://two");
        Assert.Equal((true, CancelReason.Revoked, 0), (call.IsRevoked, call.Cancelled, reply.Calls));
        Assert.Equal(["bench://two"], _bench.Record.Value.Subscriptions);
    }

    [Theory]
    [InlineData(OperatorAction.Shrink, true)]
    [InlineData(OperatorAction.End, true)]
    [InlineData(OperatorAction.Inspect, false)]
    public async Task What_takes_away_leaves_nothing_kept_of_the_client(OperatorAction action, bool isDropped)
    {
        var key = CacheKey.Of(SessionBench.Alice, CacheSharing.Client, new CachedCall("tool", "1", "2025-11-25", "set", "arguments"));
        await _bench.Cache.KeepAsync(key, "{}"u8.ToArray(), TimeSpan.FromMinutes(1), CancellationToken.None);
        await ExecuteAsync(action, "tool:bench_echo");
        Assert.Equal(isDropped, await _bench.Cache.FindAsync(key, CancellationToken.None) is null);
    }

    [Fact]
    public async Task An_end_is_answered_with_its_receipt()
    {
        var receipt = new SessionReceipt(SessionEndReason.Operator, _bench.Time.GetUtcNow(), _bench.Time.GetUtcNow(), 0, 0);
        var reply = await Commands.ExecuteAsync(
            new OperatorRequest("olga", "acme", OperatorAction.End), () => Task.FromResult<SessionReceipt?>(receipt), CancellationToken.None);
        Assert.Same(receipt, reply.Receipt);
        Assert.Equal("operator olga ended the session", Assert.Single(_bench.Signals.Raised).What);
    }

    [Fact]
    public async Task An_end_that_did_not_happen_is_not_said_to_have()
    {
        await Assert.ThrowsAsync<IOException>(() => Commands.ExecuteAsync(
            new OperatorRequest("olga", "acme", OperatorAction.End), () => throw new IOException("The disk is full."), CancellationToken.None));
        Assert.Empty(_bench.Signals.Raised);
    }

    private OperatorCommands Commands => _bench.Parts.Operators;

    private Task<OperatorReply> ExecuteAsync(OperatorAction action, params string[] permissions) => Commands.ExecuteAsync(
        new OperatorRequest("olga", "acme", action, permissions), () => Task.FromResult<SessionReceipt?>(null), CancellationToken.None);
}
