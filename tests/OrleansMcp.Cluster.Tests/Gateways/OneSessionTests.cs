using System.Net;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Isolation;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>One session, used through two gateways at once: neither keeps anything of it.</summary>
public sealed class OneSessionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Messages_through_both_in_turn_keep_one_state(string version)
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server, version);
        using var first = a;
        using var second = b;
        for (var count = 1; count <= 10; count++)
        {
            Assert.Equal(count, await (count % 2 == 0 ? a : b).IncrementAsync());
        }

        Assert.Equal(await a.CallTextAsync("whoami"), await b.CallTextAsync("whoami"));
    }

    [Fact]
    public async Task Changes_through_both_at_once_are_all_made()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? a : b).CallAsync("increment", new { by = 1 }, id: $"at once {i}")));
        Assert.Equal(Enumerable.Range(1, 60).Select(count => (long)count), replies.Select(reply => DemoTools.Counter(reply.ToolText)).Order());
    }

    [Fact]
    public async Task A_stream_of_one_gateway_carries_what_a_message_through_the_other_causes()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        using var listening = await a.ListenAsync();
        await b.SubscribeAsync("test://other-gateway");
        await b.CallTextAsync("test_touch", new { uri = "test://other-gateway" });
        var updated = await listening.Events.UntilMethodAsync("notifications/resources/updated");
        Assert.Equal("test://other-gateway", (string)updated.Json["params"]!["uri"]!);
    }

    [Fact]
    public async Task A_stream_opened_through_the_other_gateway_takes_over()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        await a.SubscribeAsync("test://taken-over");
        using var former = await a.ListenAsync();
        using var newest = await b.ListenAsync();
        Assert.DoesNotContain(await former.Events.ToEndAsync(), item => item.Data.Length > 0);
        await a.CallTextAsync("test_touch", new { uri = "test://taken-over" });
        await newest.Events.UntilMethodAsync("notifications/resources/updated");
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task A_question_asked_through_one_gateway_is_answered_through_the_other(string version)
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server, version);
        using var first = a;
        using var second = b;
        using var open = await a.PostForStreamAsync(Rpc.Call(1, "test_elicit_twice"));
        foreach (var (through, colour) in new[] { (b, "red"), (a, "blue") })
        {
            var asked = await open.Events.UntilMethodAsync("elicitation/create");
            (await through.AnswerAsync(asked, new { action = "accept", content = new { colour } })).Expect(HttpStatusCode.Accepted);
        }

        Assert.Equal("red and blue", await open.TextAsync());
    }

    [Fact]
    public async Task A_cancellation_through_one_gateway_stops_the_call_that_runs_through_the_other()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        var (gate, kept) = (shared.Server.Gates["cancelled elsewhere"], shared.Server.Gates["kept elsewhere"]);
        using var open = await a.PostForStreamAsync(
            Rpc.Call("c", "test_progress", new { gate = "cancelled elsewhere", steps = 1 }, progressToken: 1));
        var waiting = a.CallAsync("test_gate", new { gate = "kept elsewhere" }, id: "k");
        await gate.Entered;
        await kept.Entered;
        (await b.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "c" }))).Expect(HttpStatusCode.Accepted);
        await gate.Cancelled;
        Assert.DoesNotContain(await open.Events.ToEndAsync(), item => item.IsAnswer && item.Json["result"] is not null);
        Assert.False(kept.WasCancelled);
        kept.Open();
        Assert.Equal("through", (await waiting).ToolText);
    }

    [Fact]
    public async Task A_call_whose_connection_broke_at_one_gateway_is_taken_up_at_the_other()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        List<SseEvent> seen = [];
        using (var open = await a.PostForStreamAsync(Rpc.Call("n", "test_notify", new { gate = "taken up", count = 5, bytes = 10 })))
        {
            for (var i = 0; i < 5; i++)
            {
                seen.Add(await open.Events.UntilMethodAsync("notifications/test"));
            }
        }

        using var resumed = await b.ListenAsync(seen[1].Id);
        for (var i = 2; i < 5; i++)
        {
            Assert.Equal(seen[i], await resumed.Events.NextMessageAsync());
        }

        shared.Server.Gates["taken up"].Open();
        var answer = await resumed.Events.UntilAnswerAsync();
        Assert.Equal(("n", "through"), ((string)answer.Json["id"]!, (string)answer.Json["result"]!["content"]![0]!["text"]!));
        Assert.Null(await resumed.Events.NextAsync());
    }

    [Fact]
    public async Task The_stream_of_the_session_is_resumed_at_the_other_gateway()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        await a.SubscribeAsync("test://resumed-elsewhere");
        SseEvent seen;
        using (var open = await a.ListenAsync())
        {
            await b.CallTextAsync("test_touch", new { uri = "test://resumed-elsewhere" });
            seen = await open.Events.UntilMethodAsync("notifications/resources/updated");
        }

        await a.CallTextAsync("test_touch", new { uri = "test://resumed-elsewhere" });
        using var resumed = await b.ListenAsync(seen.Id);
        Assert.NotEqual(seen.Id, (await resumed.Events.UntilMethodAsync("notifications/resources/updated")).Id);
    }

    [Fact]
    public async Task A_secret_given_through_one_gateway_is_used_and_taken_back_through_the_other()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        (await a.PutSecretAsync("shared", [1, 2, 3])).Expect(HttpStatusCode.Created);
        Assert.Equal("yes", await b.CallTextAsync("test_secret_has", new { name = "shared" }));
        (await b.DeleteSecretAsync("shared")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("no", await a.CallTextAsync("test_secret_has", new { name = "shared" }));
    }

    [Fact]
    public async Task An_end_through_one_gateway_is_the_end_at_the_other()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        await b.IncrementAsync();
        using var listening = await b.ListenAsync();
        var running = b.CallAsync("test_gate", new { gate = "ended elsewhere" }, id: "r");
        await shared.Server.Gates["ended elsewhere"].Entered;
        (await a.DeleteAsync()).Expect(HttpStatusCode.OK);
        await shared.Server.Gates["ended elsewhere"].Cancelled;
        Assert.NotNull((await running).Error);
        Assert.DoesNotContain(await listening.Events.ToEndAsync(), item => item.Data.Length > 0);

        // To the very bytes: an ended session cannot be told from one that never was, by its former owner either.
        using var probe = new StrangerProbe(b, TestConfiguration.Alice);
        await probe.TryEverythingAsync();
        using var again = new StrangerProbe(a, TestConfiguration.Alice);
        await again.TryEverythingAsync();
    }

    [Fact]
    public async Task Ends_through_both_at_once_give_one_receipt()
    {
        var (a, b) = await GatewayPair.OpenAsync(shared.Server);
        using var first = a;
        using var second = b;
        await a.IncrementAsync();
        var ends = await Task.WhenAll(a.DeleteAsync(), b.DeleteAsync());
        var receipts = ends.Where(reply => reply.Status == HttpStatusCode.OK).Select(reply => reply.Text).ToArray();
        Assert.Single(receipts.Distinct());
        Assert.All(ends, reply => Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.NotFound, reply.Text));
        (await b.DeleteAsync()).Expect(HttpStatusCode.NotFound);
    }
}
