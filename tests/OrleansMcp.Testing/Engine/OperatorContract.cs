using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>What an operator can do to a session, from any node.</summary>
public abstract class OperatorContract : EngineContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shrunk_set_is_durable_when_it_is_acknowledged(bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var reply = await client.Elsewhere().OperateAsync(OperatorAction.Shrink, "tool:engine_*", "tool:no.such");
        Assert.Equal(["tool:engine_*", "tool:no.such"], reply.Permissions);
        await LeaveMemoryAsync(engine, restart);
        Assert.Equal("permission_denied", (await client.CallAsync("test_gate", new { gate = "x" })).Code);
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Fact]
    public async Task An_operator_takes_away_and_never_gives()
    {
        await using var engine = await StartAsync(TestConfiguration.With().Permitting("acme", "alice", "tool:engine_*"));
        var client = await engine.OpenAsync(Alice);
        Assert.Equal(["tool:engine_*"], (await client.OperateAsync(OperatorAction.Shrink, "tool:*", "resource:*")).Permissions);
        Assert.Equal(["tool:engine_echo"], (await client.OperateAsync(OperatorAction.Shrink, "tool:engine_echo")).Permissions);
        Assert.Equal(["tool:engine_echo"], (await client.Elsewhere().OperateAsync(OperatorAction.Shrink, "tool:*")).Permissions);
        Assert.Equal(["tool:engine_echo"], (await client.OperateAsync(OperatorAction.Shrink, "tool:engine_echo")).Permissions);
        Assert.Empty((await client.OperateAsync(OperatorAction.Shrink)).Permissions);
        Assert.Equal("permission_denied", (await client.CallAsync("engine_echo", new { text = "x" })).Code);
    }

    [Fact]
    public async Task A_shrink_that_cannot_be_stored_did_not_happen()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        engine.StoreFails = true;
        await Assert.ThrowsAsync<IOException>(() => client.OperateAsync(OperatorAction.Shrink, "tool:engine_echo"));
        engine.StoreFails = false;
        Assert.Equal("acme/alice/alice", await client.CallTextAsync("engine_whoami"));
        await client.OperateAsync(OperatorAction.Shrink, "tool:engine_echo");
        Assert.Equal("permission_denied", (await client.CallAsync("engine_whoami")).Code);
    }

    [Theory]
    [InlineData(OperatorAction.Inspect)]
    [InlineData(OperatorAction.Shrink)]
    [InlineData(OperatorAction.End)]
    public async Task Sessions_of_another_tenant_and_those_that_are_none_are_not_there(OperatorAction action)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var principal = engine.Principal(Alice);
        await principal.IncrementAsync();
        Assert.False((await client.As(Carol).OperateAsync(action)).IsFound);
        Assert.False((await engine.Unopened(Alice).OperateAsync(action)).IsFound);
        Assert.False((await principal.OperateAsync(action)).IsFound);
        Assert.Equal("acme/alice/alice", await client.CallTextAsync("engine_whoami"));
    }

    [Fact]
    public async Task An_operator_ends_a_session_with_its_receipt()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var calling = client.CallAsync("test_gate", new { gate = "ended" });
        await engine.Gates["ended"].Entered;
        var reply = await client.Elsewhere().OperateAsync(OperatorAction.End);
        Assert.Equal((SessionEndReason.Operator, 1), (reply.Receipt!.Reason, reply.Receipt.CallsCancelled));
        Assert.True((await calling).Failed);
        await NothingIsLeftOf(engine, client.Key);
        Assert.False(await client.IsFoundAsync());
        Assert.False((await client.OperateAsync(OperatorAction.End)).IsFound);
        await SignalledAsync(engine, SignalName.OperatorAction, 1);
    }

    [Fact]
    public async Task An_operators_look_is_no_use_of_the_session()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        var reply = await client.OperateAsync(OperatorAction.Inspect);
        Assert.Equal(("alice", "alice", 0), (reply.Client, reply.Subject, reply.Calls));
        Assert.Equal(reply.OpenedAt, reply.LastActiveAt);
        engine.Time.Advance(TimeSpan.FromMinutes(29.5));
        Assert.False(await client.IsFoundAsync());
    }
}
