using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>The owner is compared with the caller of every message, inside the engine, whatever a front end let through.</summary>
public abstract class OwnerContract : EngineContract
{
    private static readonly SessionConfiguration s_sessions = new() { IdleTimeout = TimeSpan.FromMinutes(30) };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_stranger_finds_nothing_by_any_method_from_any_node(string tenant, string client, string subject, string? key)
    {
        await using var engine = await StartAsync();
        var owner = await engine.OpenAsync(Alice);
        await owner.IncrementAsync();
        var stranger = owner.As(new Caller(tenant, client, subject, key));
        foreach (var through in stranger.Everywhere())
        {
            await Probe.FindsNothingAsync(through);
            Assert.Equal(ReplyKind.NotFound, (await through.InitializeAsync()).Kind);
        }

        Assert.Equal(2, await owner.IncrementAsync());
        var signal = tenant == "acme" ? SignalName.CrossSessionAttempt : SignalName.CrossTenantAttempt;
        await AttemptedAsync(engine, signal, Probe.Attempts * engine.NodeCount);
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_stranger_who_wakes_a_sleeping_session_finds_nothing(string tenant, string client, string subject, string? key)
    {
        await using var engine = await StartAsync();
        var owner = await engine.OpenAsync(Alice);
        await owner.IncrementAsync();
        await engine.SendToSleepAsync();
        await Probe.FindsNothingAsync(owner.As(new Caller(tenant, client, subject, key)).Elsewhere());
        Assert.Equal(2, await owner.IncrementAsync());
    }

    [Fact]
    public async Task A_stranger_who_wakes_a_session_after_a_restart_finds_nothing()
    {
        await using var engine = await StartAsync();
        var owner = await engine.OpenAsync(Alice);
        await owner.IncrementAsync();
        await LeaveMemoryAsync(engine, restart: true);
        await Probe.FindsNothingAsync(owner.As(Bob).Elsewhere());
        await Probe.FindsNothingAsync(owner.As(Carol));
        Assert.Equal(2, await owner.IncrementAsync());
    }

    [Fact]
    public async Task A_stranger_does_not_keep_a_session_awake()
    {
        await using var engine = await StartAsync(s_sessions);
        var (kept, left) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Alice));
        engine.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.True(await kept.IsFoundAsync());
        await Probe.FindsNothingAsync(left.As(Bob));
        engine.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.True(await kept.IsFoundAsync());
        Assert.False(await left.IsFoundAsync());
    }

    [Fact]
    public async Task A_stranger_gets_no_event_of_a_session_and_takes_no_stream_over()
    {
        await using var engine = await StartAsync();
        var owner = await engine.OpenAsync(Alice);
        await owner.SubscribeAsync("test://mine");
        await using var own = await owner.ListenAsync();
        await owner.CallTextAsync("test_touch", new { uri = "test://mine" });
        var seen = await own.UntilMethodAsync("notifications/resources/updated");
        foreach (var stranger in new[] { Bob, Carol }.SelectMany(caller => owner.As(caller).Everywhere()))
        {
            Assert.Equal(SessionEventKind.NotFound, await stranger.TryListenAsync());
            Assert.Equal(SessionEventKind.NotFound, await stranger.TryListenAsync(seen.Id));
        }

        await owner.CallTextAsync("test_touch", new { uri = "test://mine" });
        Assert.NotEqual(seen.Id, (await own.UntilMethodAsync("notifications/resources/updated")).Id);
    }

    [Fact]
    public async Task A_stranger_neither_cancels_nor_ends_nor_reads_what_runs()
    {
        await using var engine = await StartAsync();
        var owner = await engine.OpenAsync(Alice);
        var gate = engine.Gates["mine"];
        await using var running = await owner.StreamAsync("test_progress", new { gate = "mine", steps = 1 }, id: "running", progressToken: 1);
        var seen = await running.UntilMethodAsync("notifications/progress");
        await gate.Entered;
        await Probe.FindsNothingAsync(owner.As(Bob), seen.Id!);
        Assert.False(gate.WasCancelled);
        gate.Open();
        Assert.Equal("through", new ToolAnswer(await running.UntilAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_stranger_answers_no_question_of_a_session()
    {
        await using var engine = await StartAsync();
        var owner = await engine.OpenAsync(Alice, capabilities: new { elicitation = new { } });
        await using var open = await owner.StreamAsync("test_elicit");
        var asked = await open.UntilMethodAsync("elicitation/create");
        var forged = await owner.As(Bob).AnswerAsync(asked, new { action = "accept", content = new { colour = "black" } });
        Assert.Equal(ReplyKind.NotFound, forged.Kind);
        await owner.AnswerAsync(asked, new { action = "accept", content = new { colour = "green" } });
        Assert.Equal("acme/alice accept green", new ToolAnswer(await open.UntilAnswerAsync()).Text);
    }
}
