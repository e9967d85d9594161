using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Sessions end by themselves: idle, or at the end of their life.</summary>
public abstract class LifetimeContract : EngineContract
{
    private static readonly SessionConfiguration s_sessions = new()
    {
        IdleTimeout = TimeSpan.FromMinutes(30),
        Lifetime = TimeSpan.FromHours(2),
        PassivateAfter = TimeSpan.FromMinutes(2),
    };

    [Fact]
    public async Task An_idle_session_is_gone_for_whoever_calls_it()
    {
        await using var engine = await StartAsync(s_sessions);
        var client = await engine.OpenAsync(Alice);
        engine.Time.Advance(TimeSpan.FromMinutes(31));
        foreach (var through in client.Everywhere())
        {
            await Probe.FindsNothingAsync(through);
        }

        await NothingIsLeftOf(engine, client.Key);
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_idle_session_ends_without_being_called(bool asleep)
    {
        await using var engine = await StartAsync(TestConfiguration.With(s_sessions, quotas: new QuotaConfiguration { Sessions = 1 }));
        var client = await engine.OpenAsync(Alice);
        if (asleep)
        {
            await engine.SendToSleepAsync();
        }

        engine.Time.Advance(TimeSpan.FromMinutes(31));
        await GoneByItselfAsync(engine, client);
        await engine.OpenAsync(Alice);
    }

    [Fact]
    public async Task An_idle_session_that_slept_through_a_restart_ends_without_being_called()
    {
        await using var engine = await StartAsync(s_sessions);
        var client = await engine.OpenAsync(Alice);
        await LeaveMemoryAsync(engine, restart: true);
        engine.Time.Advance(TimeSpan.FromMinutes(31));
        await GoneByItselfAsync(engine, client);
    }

    [Fact]
    public async Task A_session_in_use_does_not_idle_out_but_its_life_ends()
    {
        await using var engine = await StartAsync(s_sessions);
        var client = await engine.OpenAsync(Alice);
        for (var i = 1; i <= 5; i++)
        {
            engine.Time.Advance(TimeSpan.FromMinutes(20));
            await engine.CheckExpiryAsync();
            Assert.Equal(i, await client.At(i % engine.NodeCount).IncrementAsync());
        }

        engine.Time.Advance(TimeSpan.FromMinutes(21));
        Assert.False(await client.Elsewhere().IsFoundAsync());
        await NothingIsLeftOf(engine, client.Key);
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
    }

    [Fact]
    public async Task A_session_whose_life_ends_ends_without_being_called()
    {
        await using var engine = await StartAsync(s_sessions);
        var client = await engine.OpenAsync(Alice);
        await client.SubscribeAsync("test://watched"); // Otherwise its stream would not keep it from being idle.
        await using var listening = await client.Elsewhere().ListenAsync();
        engine.Time.Advance(TimeSpan.FromHours(1));
        await engine.CheckExpiryAsync();
        Assert.True(await client.IsFoundAsync());
        engine.Time.Advance(TimeSpan.FromMinutes(61));
        await GoneByItselfAsync(engine, client);
        Assert.Empty(await listening.ToEndAsync());
    }

    [Fact]
    public async Task The_end_of_its_life_cancels_what_runs_in_a_session()
    {
        await using var engine = await StartAsync(s_sessions);
        var client = await engine.OpenAsync(Alice);
        var running = client.PostAsync(Rpc.Call(1, "test_gate", new { gate = "too long" }), acceptsStream: false);
        await engine.Gates["too long"].Entered;
        engine.Time.Advance(TimeSpan.FromHours(2));
        await GoneByItselfAsync(engine, client);
        await engine.Gates["too long"].Cancelled;
        Assert.NotNull((await client.AnswerAsync(await running))["error"]);
    }

    [Fact]
    public async Task A_session_that_works_or_waits_for_what_it_has_subscribed_to_is_not_idle()
    {
        await using var engine = await StartAsync(s_sessions);
        var (working, listened, idle) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Alice), await engine.OpenAsync(Alice));
        var running = working.CallAsync("test_gate", new { gate = "working" });
        await engine.Gates["working"].Entered;
        await listened.SubscribeAsync("test://watched");
        await using var listening = await listened.Elsewhere().ListenAsync();
        engine.Time.Advance(TimeSpan.FromMinutes(31));
        await GoneByItselfAsync(engine, idle);
        Assert.True(await listened.IsFoundAsync());
        engine.Gates["working"].Open();
        Assert.Equal("through", (await running).Text);
        Assert.True(await working.IsFoundAsync());
    }

    [Fact]
    public async Task A_session_whose_life_ended_while_the_engine_was_down_is_gone()
    {
        await using var engine = await StartAsync(s_sessions);
        var client = await engine.OpenAsync(Alice);
        engine.Time.Advance(TimeSpan.FromMinutes(20));
        var young = await engine.OpenAsync(Alice);
        await client.IncrementAsync();
        await LeaveMemoryAsync(engine, restart: true);
        for (var i = 0; i < 5; i++)
        {
            engine.Time.Advance(TimeSpan.FromMinutes(20.2));
            Assert.True(await young.IsFoundAsync());
        }

        Assert.False(await client.IsFoundAsync());
        Assert.True(await young.IsFoundAsync());
    }

    private static async Task GoneByItselfAsync(IEngine engine, EngineClient client)
    {
        await Eventually.Holds(
            async () =>
            {
                await engine.CheckExpiryAsync();
                return engine.ActorsOf(client.Key) == 0 && !await engine.HasRecordAsync(client.Key);
            },
            "the session ended by itself");
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
        Assert.False(await client.IsFoundAsync());
    }
}
