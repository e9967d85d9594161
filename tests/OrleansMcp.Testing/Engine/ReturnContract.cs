using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>A session that left memory, or whose engine was restarted, comes back as it was.</summary>
public abstract class ReturnContract : EngineContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task State_and_owner_are_kept(bool restart)
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        await alice.IncrementAsync(41);
        await bob.IncrementAsync(100);
        await LeaveMemoryAsync(engine, restart);
        Assert.Equal((0, 0), (engine.ActorsOf(alice.Key), engine.ActorsOf(bob.Key)));
        Assert.Equal(42, await alice.Elsewhere().IncrementAsync());
        Assert.Equal(101, await bob.IncrementAsync());
        Assert.Equal("acme/alice/alice", await alice.CallTextAsync("engine_whoami"));
        Assert.False(await alice.As(Bob).IsFoundAsync());
        Assert.Equal(1, engine.ActorsOf(alice.Key));
    }

    [Theory]
    [InlineData(ProtocolVersions.March2025, false)]
    [InlineData(ProtocolVersions.June2025, false)]
    [InlineData(ProtocolVersions.November2025, false)]
    [InlineData(ProtocolVersions.March2025, true)]
    [InlineData(ProtocolVersions.June2025, true)]
    [InlineData(ProtocolVersions.November2025, true)]
    public async Task The_negotiated_revision_is_kept(string version, bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, version);
        await LeaveMemoryAsync(engine, restart);
        foreach (var header in ProtocolVersions.WithSessions)
        {
            var reply = await client.PostAsync(Rpc.Request(1, "ping"), header: header);
            Assert.Equal(header == version ? 200 : 400, reply.Status);
        }

        var batch = await client.PostBatchAsync(Rpc.Request(1, "ping"), Rpc.Request(2, "ping"));
        Assert.Equal(version == ProtocolVersions.March2025 ? 200 : 400, batch.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_log_level_is_kept(bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.RequestAsync("logging/setLevel", new() { ["level"] = "error" });
        await LeaveMemoryAsync(engine, restart);
        await using var stream = await client.Elsewhere().StreamAsync("test_log");
        var logged = (await stream.ToEndAsync()).Where(message => message.Method == "notifications/message");
        Assert.Equal(["error"], logged.Select(message => (string)message.Params!["level"]!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Subscriptions_are_kept(bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.SubscribeAsync("test://kept");
        await client.SubscribeAsync("test://dropped");
        await client.RequestAsync("resources/unsubscribe", new() { ["uri"] = "test://dropped" });
        await LeaveMemoryAsync(engine, restart);
        await using var listening = await client.Elsewhere().ListenAsync();
        await client.CallTextAsync("test_touch", new { uri = "test://dropped" });
        await client.CallTextAsync("test_touch", new { uri = "test://kept" });
        var updated = await listening.UntilMethodAsync("notifications/resources/updated");
        Assert.Equal("test://kept", (string)updated.Params!["uri"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_client_can_do_is_kept(bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, capabilities: new { elicitation = new { } });
        await LeaveMemoryAsync(engine, restart);
        await using var open = await client.StreamAsync("test_elicit");
        var asked = await open.UntilMethodAsync("elicitation/create");
        await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "green" } });
        Assert.Equal("acme/alice accept green", new ToolAnswer(await open.UntilAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_session_whose_call_runs_stays()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var calling = client.CallAsync("test_gate", new { gate = "staying" });
        await engine.Gates["staying"].Entered;
        await engine.SkipTheTimeOfIdleActorsAsync();
        Assert.Equal(1, engine.ActorsOf(client.Key));
        engine.Gates["staying"].Open();
        Assert.Equal("through", (await calling).Text);
    }

    [Fact]
    public async Task A_session_that_somebody_listens_to_stays()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.SubscribeAsync("test://listened");
        await using var listening = await client.Elsewhere().ListenAsync();
        await engine.SkipTheTimeOfIdleActorsAsync();
        Assert.Equal(1, engine.ActorsOf(client.Key));
        await client.CallTextAsync("test_touch", new { uri = "test://listened" });
        await listening.UntilMethodAsync("notifications/resources/updated");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_of_a_former_life_are_lost_and_said_to_be(bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        engine.Gates["former"].Open();
        string last;
        await using (var stream = await client.StreamAsync("test_notify", new { gate = "former", count = 2, bytes = 10 }))
        {
            last = (await stream.ToEndAsync())[0].Id!;
        }

        await LeaveMemoryAsync(engine, restart);
        Assert.Equal(SessionEventKind.Lost, await client.TryListenAsync(last));
        Assert.True(await client.IsFoundAsync());
    }

    [Fact]
    public async Task An_answer_to_a_question_of_a_former_life_fits_no_new_one()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, capabilities: new { elicitation = new { } });
        StreamMessage former;
        await using (var stream = await client.StreamAsync("test_elicit"))
        {
            former = await stream.UntilMethodAsync("elicitation/create");
            await client.AnswerAsync(former, new { action = "decline" });
            await stream.UntilAnswerAsync();
        }

        await engine.SendToSleepAsync();
        await using var open = await client.StreamAsync("test_elicit");
        var asked = await open.UntilMethodAsync("elicitation/create");
        Assert.Equal(400, (await client.AnswerAsync(former, new { action = "accept", content = new { colour = "old" } })).Status);
        await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "new" } });
        Assert.Equal("acme/alice accept new", new ToolAnswer(await open.UntilAnswerAsync()).Text);
    }
}
