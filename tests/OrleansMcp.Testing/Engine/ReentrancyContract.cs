using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>A running call keeps no other message out.</summary>
public abstract class ReentrancyContract : EngineContract
{
    private static readonly object s_elicits = new { elicitation = new { } };

    [Fact]
    public async Task Pings_and_calls_are_answered_while_a_call_runs()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var running = client.CallAsync("test_gate", new { gate = "long" });
        await engine.Gates["long"].Entered;
        foreach (var through in client.Everywhere())
        {
            Assert.NotNull((await through.RequestAsync("ping"))["result"]);
            await through.IncrementAsync();
        }

        Assert.False(running.IsCompleted);
        engine.Gates["long"].Open();
        Assert.Equal("through", (await running).Text);
        Assert.Equal(engine.NodeCount, await client.CounterAsync());
    }

    [Theory]
    [InlineData("a string")]
    [InlineData(7)]
    public async Task A_cancellation_through_another_node_stops_the_call_and_no_answer_is_sent(object id)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var posted = client.PostAsync(Rpc.Call(id, "test_gate", new { gate = "cancelled" }));
        await engine.Gates["cancelled"].Entered;
        var cancelled = await client.Elsewhere().PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = id }));
        Assert.Equal(ReplyKind.Accepted, cancelled.Kind);
        await engine.Gates["cancelled"].Cancelled;
        await using var stream = await client.ReadAsync(await posted);
        Assert.Empty(await stream.ToEndAsync());
        Assert.True(await client.IsFoundAsync());
    }

    [Fact]
    public async Task A_cancellation_reaches_no_other_session_and_no_other_call()
    {
        await using var engine = await StartAsync();
        var (client, other) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Alice));
        var running = client.CallAsync("test_gate", new { gate = "own" }, id: 1);
        await engine.Gates["own"].Entered;
        await other.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 1 }));
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "1" }));
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 2 }));
        Assert.True(await other.IsFoundAsync());
        Assert.True(await client.IsFoundAsync());
        engine.Gates["own"].Open();
        Assert.Equal("through", (await running).Text);
        Assert.False(engine.Gates["own"].WasCancelled);
    }

    [Fact]
    public async Task Calls_of_one_id_are_each_answered_on_every_node()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var running = client.CallAsync("test_gate", new { gate = "taken" }, id: "taken");
        await engine.Gates["taken"].Entered;
        Assert.All(
            await Task.WhenAll(client.Everywhere().Select(through => through.CallAsync("engine_increment", id: "taken"))),
            answer => Assert.False(answer.Failed));
        engine.Gates["taken"].Open();
        Assert.Equal("through", (await running).Text);
        Assert.Equal(client.Everywhere().Count(), await client.CounterAsync());
    }

    [Fact]
    public async Task A_question_asked_through_one_node_is_answered_through_another()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, capabilities: s_elicits);
        await using var open = await client.StreamAsync("test_elicit_twice");
        foreach (var colour in new[] { "red", "blue" })
        {
            var asked = await open.UntilMethodAsync("elicitation/create");
            var answered = await client.Elsewhere().AnswerAsync(asked, new { action = "accept", content = new { colour } });
            Assert.Equal(ReplyKind.Accepted, answered.Kind);
        }

        Assert.Equal("red and blue", new ToolAnswer(await open.UntilAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_question_is_answered_once_and_not_after_its_call_was_cancelled()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, capabilities: s_elicits);
        var accept = new { action = "accept", content = new { colour = "red" } };
        await using var first = await client.StreamAsync("test_elicit");
        var asked = await first.UntilMethodAsync("elicitation/create");
        Assert.Equal(ReplyKind.Accepted, (await client.AnswerAsync(asked, accept)).Kind);
        await first.UntilAnswerAsync();
        Assert.Equal(400, (await client.Elsewhere().AnswerAsync(asked, accept)).Status);

        await using var second = await client.StreamAsync("test_elicit", id: "second");
        asked = await second.UntilMethodAsync("elicitation/create");
        await client.Elsewhere().PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "second" }));
        Assert.Empty(await second.ToEndAsync());
        Assert.Equal(400, (await client.AnswerAsync(asked, accept)).Status);
    }

    [Fact]
    public async Task A_question_waits_while_its_session_is_used()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice, capabilities: s_elicits);
        await using var open = await client.StreamAsync("test_elicit");
        var asked = await open.UntilMethodAsync("elicitation/create");
        await engine.CheckExpiryAsync();
        foreach (var through in client.Everywhere())
        {
            await through.IncrementAsync();
        }

        await client.Elsewhere().AnswerAsync(asked, new { action = "accept", content = new { colour = "late" } });
        Assert.Equal("acme/alice accept late", new ToolAnswer(await open.UntilAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_hundred_calls_run_at_once()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var running = Enumerable.Range(0, 100)
            .Select(i => client.At(i % engine.NodeCount).CallAsync("test_gate", new { gate = $"one of many {i}" }, id: i)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => engine.Gates[$"one of many {i}"].Entered));
        for (var i = 99; i >= 0; i--)
        {
            engine.Gates[$"one of many {i}"].Open();
        }

        Assert.All(await Task.WhenAll(running), answer => Assert.Equal("through", answer.Text));
    }
}
