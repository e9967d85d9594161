using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Streams: in order, whole, and reachable from every node.</summary>
public abstract class StreamContract : EngineContract
{
    private static readonly SessionConfiguration s_narrow = new() { MaxBufferedEvents = 8, MaxBufferedBytes = 4096 };

    [Fact]
    public async Task Progress_comes_in_order_and_before_the_answer()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        engine.Gates["progress"].Open();
        foreach (var through in client.Everywhere())
        {
            await using var stream = await through.StreamAsync(
                "test_progress", new { gate = "progress", steps = 20 }, progressToken: "token");
            var messages = await stream.ToEndAsync();
            Assert.Equal(Enumerable.Range(1, 20), messages.SkipLast(1).Select(message => (int)message.Params!["progress"]!));
            Assert.All(messages.SkipLast(1), message => Assert.Equal("token", (string)message.Params!["progressToken"]!));
            Assert.Equal("through", new ToolAnswer(messages[^1].Json).Text);
        }
    }

    [Fact]
    public async Task The_stream_of_a_post_can_be_read_from_another_node()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        engine.Gates["elsewhere"].Open();
        var reply = await client.PostAsync(client.Request("tools/call", Rpc.CallParams("test_notify", Notify("elsewhere", 10))));
        await using var stream = await client.Elsewhere().ReadAsync(reply);
        Assert.Equal(Enumerable.Range(1, 10), Numbers(await stream.ToEndAsync()));
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_although_the_buffer_is_small()
    {
        await using var engine = await StartAsync(s_narrow);
        var client = await engine.OpenAsync(Alice);
        engine.Gates["slow"].Open();
        await using var stream = await client.StreamAsync("test_notify", Notify("slow", 200, bytes: 500));
        for (var expected = 1; expected <= 200; expected++)
        {
            Assert.Equal(expected, (int)(await stream.UntilMethodAsync("notifications/test")).Params!["number"]!);

            // The session goes on while its reader takes its time.
            Assert.True(expected % 20 != 0 || await client.IsFoundAsync());
        }

        Assert.Equal("through", new ToolAnswer(await stream.UntilAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_listener_on_one_node_hears_of_a_post_through_another()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.SubscribeAsync("test://heard");
        foreach (var through in client.Everywhere())
        {
            await using var listening = await client.Elsewhere().ListenAsync();
            await through.CallTextAsync("test_touch", new { uri = "test://heard" });
            Assert.Equal("test://heard", (string)(await listening.UntilMethodAsync("notifications/resources/updated")).Params!["uri"]!);
        }
    }

    [Fact]
    public async Task A_stream_that_broke_off_is_resumed_from_another_node()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        string last;
        await using (var stream = await client.StreamAsync("test_notify", Notify("resumed", 5), id: "resumed"))
        {
            await stream.UntilMethodAsync("notifications/test");
            last = (await stream.UntilMethodAsync("notifications/test")).Id!;
        }

        engine.Gates["resumed"].Open();
        foreach (var through in client.Everywhere())
        {
            await using var resumed = await through.ListenAsync(last);
            var messages = await resumed.ToEndAsync();
            Assert.Equal([3, 4, 5], Numbers(messages));
            Assert.Equal("resumed", (string)messages[^1].Json["id"]!);
        }
    }

    [Fact]
    public async Task A_resume_replays_its_own_stream_and_no_other()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await using var first = await client.StreamAsync("test_notify", Notify("first", 3), id: "first");
        await using var second = await client.Elsewhere().StreamAsync("test_notify", Notify("second", 3), id: "second");
        var begin = await first.UntilMethodAsync("notifications/test");
        await second.UntilMethodAsync("notifications/test");
        await first.DisposeAsync();
        engine.Gates["first"].Open();
        engine.Gates["second"].Open();
        await using var resumed = await client.Elsewhere().ListenAsync(begin.Id);
        var messages = await resumed.ToEndAsync();
        Assert.Equal([2, 3], Numbers(messages));
        Assert.Equal("first", (string)messages[^1].Json["id"]!);
        Assert.Equal("second", (string)(await second.UntilAnswerAsync())["id"]!);
    }

    [Theory]
    [InlineData("00000000-1-1", SessionEventKind.Lost)]
    [InlineData("00000000-0-1", SessionEventKind.Opened)]
    [InlineData("nonsense", SessionEventKind.Opened)]
    [InlineData("-1--1", SessionEventKind.Opened)]
    public async Task After_an_event_that_was_never_sent_a_call_is_lost_and_the_sessions_own_stream_opens_on_every_node(string id, SessionEventKind expected)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        foreach (var through in client.Everywhere())
        {
            Assert.Equal(expected, await through.TryListenAsync(id));
        }

        Assert.True(await client.IsFoundAsync());
    }

    [Fact]
    public async Task What_the_buffer_no_longer_holds_is_lost_instead_of_skipped()
    {
        await using var engine = await StartAsync(s_narrow);
        var client = await engine.OpenAsync(Alice);
        engine.Gates["lost"].Open();
        await using var stream = await client.StreamAsync("test_notify", Notify("lost", 30));
        var first = (await stream.ToEndAsync())[0];
        Assert.Equal(SessionEventKind.Lost, await client.Elsewhere().TryListenAsync(first.Id));
    }

    [Fact]
    public async Task The_newest_listener_wins_from_whichever_node()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.SubscribeAsync("test://newest");
        await using var former = await client.ListenAsync();
        await using var newest = await client.Elsewhere().ListenAsync();
        Assert.Empty(await former.ToEndAsync());
        await client.CallTextAsync("test_touch", new { uri = "test://newest" });
        await newest.UntilMethodAsync("notifications/resources/updated");
    }

    [Fact]
    public async Task A_listener_that_leaves_is_gone_and_its_session_may_sleep()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        for (var i = 0; i < 20; i++)
        {
            await using var listening = await client.At(i % engine.NodeCount).ListenAsync();
            var waiting = listening.NextAsync();
            await listening.DisposeAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await engine.SendToSleepAsync();
        Assert.Equal(0, engine.ActorsOf(client.Key));
    }

    [Theory]
    [InlineData(ProtocolVersions.March2025)]
    [InlineData(ProtocolVersions.June2025)]
    [InlineData(ProtocolVersions.November2025)]
    public async Task A_reader_that_leaves_cancels_nothing_in_a_session_revision(string version)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, version);
        var gate = engine.Gates["left"];
        string last;
        await using (var stream = await client.StreamAsync("test_progress", new { gate = "left", steps = 1 }, progressToken: 1))
        {
            last = (await stream.UntilMethodAsync("notifications/progress")).Id!;
            await gate.Entered;
        }

        Assert.True(await client.IsFoundAsync());
        Assert.False(gate.WasCancelled);
        gate.Open();
        await using var resumed = await client.Elsewhere().ListenAsync(last);
        Assert.Equal("through", new ToolAnswer(await resumed.UntilAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_post_whose_connection_drops_cancels_nothing_in_a_session_revision()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        using var dropping = new CancellationTokenSource();
        var posted = client.PostAsync(Rpc.Call(1, "test_gate", new { gate = "dropped" }), cancellationToken: dropping.Token);
        await engine.Gates["dropped"].Entered;
        await dropping.CancelAsync();
        Assert.True(await client.IsFoundAsync());
        Assert.False(engine.Gates["dropped"].WasCancelled);
        engine.Gates["dropped"].Open();
        await Eventually.Holds(() => engine.Gates["dropped"].Passed == 1, "the call went through");
        Assert.Equal("through", new ToolAnswer(await client.AnswerAsync(await posted)).Text);
    }

    [Fact]
    public async Task A_reader_that_leaves_cancels_its_call_and_no_other_in_2026_07_28()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        var (left, kept) = (engine.Gates["left behind"], engine.Gates["kept"]);
        var waiting = client.CallAsync("test_gate", new { gate = "kept" }, id: 1);
        await kept.Entered;
        await using (var stream = await client.Elsewhere().StreamAsync(
            "test_progress", new { gate = "left behind", steps = 1 }, id: 1, progressToken: 1))
        {
            await stream.UntilMethodAsync("notifications/progress");
            await left.Entered;
        }

        await left.Cancelled;
        Assert.False(kept.WasCancelled);
        kept.Open();
        Assert.Equal("through", (await waiting).Text);
    }

    [Fact]
    public async Task A_post_whose_connection_drops_cancels_its_call_in_2026_07_28()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice).Elsewhere();
        using var dropping = new CancellationTokenSource();
        var request = client.Request("tools/call", Rpc.CallParams("test_gate", new { gate = "hung up" }));
        var posted = client.PostAsync(request, cancellationToken: dropping.Token);
        await engine.Gates["hung up"].Entered;
        await dropping.CancelAsync();
        await engine.Gates["hung up"].Cancelled;
        await Task.WhenAny(posted).InTime("the post was let go");
        Assert.Equal(0, engine.Gates["hung up"].Passed);
    }

    [Fact]
    public async Task A_subscription_of_2026_07_28_hears_of_a_post_through_another_node()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        var wanted = new System.Text.Json.Nodes.JsonObject
        {
            ["notifications"] = new System.Text.Json.Nodes.JsonObject
            {
                ["resourceSubscriptions"] = new System.Text.Json.Nodes.JsonArray("test://wanted"),
            },
        };
        await using var stream = await client.ReadAsync(await client.PostAsync(client.Request("subscriptions/listen", wanted)));
        await stream.UntilMethodAsync("notifications/subscriptions/acknowledged");
        await client.Elsewhere().CallTextAsync("test_touch", new { uri = "test://unwanted" });
        await client.Elsewhere().CallTextAsync("test_touch", new { uri = "test://wanted" });
        Assert.Equal("test://wanted", (string)(await stream.UntilMethodAsync("notifications/resources/updated")).Params!["uri"]!);
    }

    private static object Notify(string gate, int count, int bytes = 10) => new { gate, count, bytes };

    private static IEnumerable<int> Numbers(IEnumerable<StreamMessage> messages) =>
        messages.Where(message => message.Method == "notifications/test").Select(message => (int)message.Params!["number"]!);
}
