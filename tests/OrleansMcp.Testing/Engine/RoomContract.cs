using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>A client that never ends its sessions is not locked out: at its cap one of them makes room.</summary>
public abstract class RoomContract : EngineContract
{
    private static readonly QuotaConfiguration s_three = QuotaConfiguration.None with { Sessions = 3 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_session_that_was_used_the_longest_time_ago_makes_room_with_a_receipt(bool asleep)
    {
        await using var engine = await StartAsync(s_three);
        var open = await OpenThreeAsync(engine);
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await open[0].IsFoundAsync());
        if (asleep)
        {
            await engine.SendToSleepAsync();
        }

        var fourth = (await engine.OpenAsync(Alice)).Elsewhere();
        await NothingIsLeftOf(engine, open[1].Key);
        Assert.False(await open[1].IsFoundAsync());
        Assert.All(await Task.WhenAll(new[] { open[0], open[2], fourth }.Select(client => client.IsFoundAsync())), Assert.True);
        await SignalledAsync(engine, SignalName.SessionEnded, 1);
        await Eventually.Holds(
            () => engine.Audit.Any(entry => entry.What?.Contains("reason Evicted", StringComparison.Ordinal) == true), "the receipt was audited");
    }

    [Fact]
    public async Task A_session_with_state_a_call_or_a_subscription_that_is_waited_for_makes_no_room_for_one_that_holds_nothing_does()
    {
        await using var engine = await StartAsync(QuotaConfiguration.None with { Sessions = 4 });
        var (stateful, working, waiting, unused) = (
            await engine.OpenAsync(Alice), await engine.OpenAsync(Alice), await engine.OpenAsync(Alice), await engine.OpenAsync(Alice));
        await stateful.IncrementAsync();
        await waiting.SubscribeAsync("test://watched");
        await using var listening = await waiting.Elsewhere().ListenAsync();
        var running = working.CallAsync("test_gate", new { gate = "a" });
        await engine.Gates["a"].Entered;

        await engine.OpenAsync(Alice);
        Assert.False(await unused.IsFoundAsync());
        Assert.Equal(2, await stateful.Elsewhere().IncrementAsync());
        Assert.True(await waiting.IsFoundAsync());
        engine.Gates["a"].Open();
        Assert.Equal("through", (await running).Text);
    }

    [Fact]
    public async Task When_all_hold_state_the_one_idle_the_longest_makes_room_when_the_refusal_said()
    {
        await using var engine = await StartAsync(s_three);
        var open = await OpenThreeAsync(engine);
        foreach (var client in open)
        {
            await client.IncrementAsync();
            engine.Time.Advance(TimeSpan.FromSeconds(30));
        }

        var refused = await engine.Unopened(Alice).InitializeAsync();
        Assert.Equal(429, refused.Status);
        Assert.InRange(refused.RetryAfterSeconds, 1, 300);
        await engine.OpenAsync(Bob);
        engine.Time.Advance(TimeSpan.FromSeconds(refused.RetryAfterSeconds));
        await engine.OpenAsync(Alice);
        Assert.False(await open[0].IsFoundAsync());
        Assert.Equal(2, await open[1].Elsewhere().IncrementAsync());
    }

    [Fact]
    public async Task Where_refusal_is_configured_a_session_opens_when_the_refusal_said()
    {
        await using var engine = await StartAsync(s_three with { OnCap = OnSessionCap.Refuse });
        var open = await OpenThreeAsync(engine);
        var refused = await engine.Unopened(Alice).InitializeAsync();
        Assert.Equal(429, refused.Status);
        Assert.InRange(refused.RetryAfterSeconds, 25 * 60, 30 * 60);
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.All(await Task.WhenAll(open.Select(client => client.IsFoundAsync())), Assert.True);
        engine.Time.Advance(TimeSpan.FromSeconds(refused.RetryAfterSeconds + 60));
        await engine.OpenAsync(Alice);
    }

    [Fact]
    public async Task A_session_whose_stream_is_open_and_brings_nothing_is_idle_after_its_time()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await using var listening = await client.Elsewhere().ListenAsync();
        engine.Time.Advance(TimeSpan.FromMinutes(31));
        await Eventually.Holds(
            async () =>
            {
                await engine.CheckExpiryAsync();
                return engine.Signals[SignalName.SessionEnded] == 1;
            },
            "the session has ended");
        Assert.Empty(await listening.ToEndAsync());
        Assert.False(await client.IsFoundAsync());
    }

    private static async Task<EngineClient[]> OpenThreeAsync(IEngine engine)
    {
        var open = new EngineClient[3];
        for (var i = 0; i < open.Length; i++)
        {
            open[i] = (await engine.OpenAsync(Alice)).At(i % engine.NodeCount);
            engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return open;
    }
}
