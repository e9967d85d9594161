using OrleansMcp.Configuration;
using OrleansMcp.Cutoffs;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>An operator ends everything of a subject, a client or a tenant, and refuses it, wherever it is.</summary>
public abstract class CutoffContract : EngineContract
{
    private static readonly Caller s_otherSubject = new("acme", "alice", "another user");

    [Theory]
    [InlineData(null, null, false, false)]
    [InlineData("alice", null, false, true)]
    [InlineData("alice", "alice", true, true)]
    [InlineData(null, "alice", true, true)]
    public async Task What_is_in_memory_ends_at_once_and_what_it_is_not_about_goes_on(string? client, string? subject, bool othersOfClient, bool othersOfTenant)
    {
        await using var engine = await StartAsync();
        var (alices, other, bobs, carols) = (
            await engine.OpenAsync(Alice), await engine.OpenAsync(s_otherSubject), await engine.OpenAsync(Bob), await engine.OpenAsync(Carol));
        await using var listening = await alices.Elsewhere().ListenAsync();
        var running = alices.PostAsync(Rpc.Call(1, "test_gate", new { gate = "a" }), acceptsStream: false);
        await engine.Gates["a"].Entered;

        var receipt = await CutOffAsync(engine, client, subject);
        Assert.Equal((0, client, subject), (receipt.Unreached, receipt.Mark!.Scope.Client, receipt.Mark.Scope.Subject));
        Assert.Equal(1 + (othersOfClient ? 0 : 1) + (othersOfTenant ? 0 : 1), receipt.Ended);
        await engine.Gates["a"].Cancelled;
        Assert.NotNull((await alices.AnswerAsync(await running))["error"]);
        Assert.Empty(await listening.ToEndAsync());
        Assert.False(await alices.IsFoundAsync());
        Assert.Equal((othersOfClient, othersOfTenant, true), (await other.IsFoundAsync(), await bobs.IsFoundAsync(), await carols.IsFoundAsync()));
        await NothingIsLeftOf(engine, alices.Key);
        await SignalledAsync(engine, SignalName.OperatorAction, 1);

        engine.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await (await engine.OpenAsync(Alice)).Elsewhere().IsFoundAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_sleeps_ends_when_it_wakes(bool restart)
    {
        await using var engine = await StartAsync();
        var (session, principal, bobs) = (await engine.OpenAsync(Alice), engine.Principal(Alice), await engine.OpenAsync(Bob));
        await session.IncrementAsync();
        await principal.IncrementAsync();
        await bobs.IncrementAsync();
        await engine.SendToSleepAsync();
        Assert.Equal(0, (await CutOffAsync(engine, "alice")).Ended);
        if (restart)
        {
            await engine.RestartAsync();
        }

        Assert.False(await session.Elsewhere().IsFoundAsync());
        engine.Time.Advance(TimeSpan.FromSeconds(1)); // The principal begins after the mark.
        await Eventually.Holds(async () => await TryIncrementAsync(principal) == 1, "the principal has begun anew");
        Assert.Equal(2, await bobs.Elsewhere().IncrementAsync());
        await NothingIsLeftOf(engine, session.Key);
    }

    [Fact]
    public async Task What_sleeps_gives_its_place_back_without_being_called()
    {
        await using var engine = await StartAsync();
        await engine.OpenAsync(Alice);
        await engine.SendToSleepAsync();
        await CutOffAsync(engine, client: null);
        await Eventually.Holds(
            async () =>
            {
                await engine.CheckExpiryAsync();
                return (await engine.Tenants(0).Get("acme").ListSessionsAsync(client: null, CancellationToken.None)).Count == 0;
            },
            "no session was left");
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_is_refused_opens_nothing_until_an_operator_says_otherwise(bool restart)
    {
        await using var engine = await StartAsync();
        var session = await engine.OpenAsync(Alice);
        await CutOffAsync(engine, "alice", refuses: true);
        if (restart)
        {
            await engine.RestartAsync();
        }

        Assert.False(await session.Elsewhere().IsFoundAsync());
        await RefusedAsync(engine);
        Assert.True(await (await engine.OpenAsync(Bob)).IsFoundAsync());

        var lifted = await ChangeAsync(engine, new CutoffChange(new("alice", null), "olga", Ends: false, IsRefused: false));
        Assert.False(lifted.Mark!.IsRefused);
        Assert.False(await session.IsFoundAsync());
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await (await engine.OpenAsync(Alice)).Elsewhere().IsFoundAsync());
        Assert.Equal(1, await engine.Principal(Alice).IncrementAsync());
    }

    [Fact]
    public async Task Who_is_refused_opens_nothing_until_the_configuration_says_otherwise()
    {
        await using var engine = await StartAsync();
        await CutOffAsync(engine, "alice", refuses: true);
        await RefusedAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        engine.Configure(Readmitting(engine.Time.GetUtcNow() - TimeSpan.FromDays(1)));
        await RefusedAsync(engine);
        engine.Configure(Readmitting(engine.Time.GetUtcNow()));
        Assert.True(await (await engine.OpenAsync(Alice)).Elsewhere().IsFoundAsync());
        Assert.Equal(1, await engine.Principal(Alice).IncrementAsync());
    }

    [Fact]
    public async Task A_mark_that_cannot_be_lifted_is_not_there()
    {
        await using var engine = await StartAsync();
        Assert.Null((await ChangeAsync(engine, new CutoffChange(new("alice", null), "olga", Ends: false, IsRefused: false))).Mark);
    }

    private static async Task RefusedAsync(IEngine engine)
    {
        var refused = await engine.Unopened(Alice).InitializeAsync();
        Assert.Equal(403, refused.Status);
        foreach (var principal in engine.Principal(Alice).Everywhere())
        {
            Assert.Equal(403, (await principal.PostAsync(principal.Request("server/discover"))).Status);
        }
    }

    private static async Task<long> TryIncrementAsync(EngineClient principal)
    {
        var reply = await principal.PostAsync(principal.Request("tools/call", Rpc.CallParams("engine_increment", new { by = 1 })));
        return reply.Kind == ReplyKind.NotFound ? 0 : long.Parse(new ToolAnswer(await principal.AnswerAsync(reply)).Text, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static ServerConfiguration Readmitting(DateTimeOffset at)
    {
        var configuration = TestConfiguration.With();
        var tenants = configuration.Tenants.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        tenants["acme"] = tenants["acme"] with { ReadmittedAt = at };
        return configuration with { Tenants = tenants };
    }

    private static Task<CutoffReceipt> CutOffAsync(IEngine engine, string? client, string? subject = null, bool refuses = false) =>
        ChangeAsync(engine, new CutoffChange(new(client, subject), "olga", Ends: true, refuses));

    private static Task<CutoffReceipt> ChangeAsync(IEngine engine, CutoffChange change) =>
        engine.Tenants(engine.NodeCount - 1).Get("acme").CutOffAsync(change, CancellationToken.None).AsTask().InTime("the mark was set");
}
