using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>What stops a call, and what does not.</summary>
public abstract class CancellationContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Cancelled_stops_the_call_and_no_reply_is_owed()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var gate = shared.Server.Gates["cancelled"];
        using var open = await client.PostForStreamAsync(
            Rpc.Call("c", "test_progress", new { gate = "cancelled", steps = 1 }, progressToken: 1));
        await gate.Entered;
        var cancel = Rpc.Notification("notifications/cancelled", new { requestId = "c", reason = "enough" });
        (await client.PostAsync(cancel)).Expect(HttpStatusCode.Accepted);
        await gate.Cancelled;
        Assert.DoesNotContain(await open.Events.ToEndAsync(), item => item.IsAnswer && item.Json["result"] is not null);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task Cancelled_stops_the_demo_tool_slow()
    {
        using var client = await shared.Server.Client().OpenAsync();
        using var open = await client.PostForStreamAsync(Rpc.Call(7, "slow", new { ms = 10_000 }, progressToken: 1));
        await open.Events.UntilMethodAsync("notifications/progress");
        (await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 7 }))).Expect(HttpStatusCode.Accepted);
        Assert.DoesNotContain(await open.Events.ToEndAsync(), item => item.IsAnswer && item.Json["result"] is not null);
    }

    [Fact]
    public async Task A_call_that_was_answered_with_JSON_ends_too_when_it_is_cancelled()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var gate = shared.Server.Gates["cancelled quietly"];
        var waiting = client.CallAsync("test_gate", new { gate = "cancelled quietly" }, id: "q");
        await gate.Entered;
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "q" }));
        await gate.Cancelled;
        await waiting;
    }

    [Fact]
    public async Task A_client_that_takes_only_JSON_is_told_that_its_call_was_cancelled()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var gate = shared.Server.Gates["cancelled in JSON"];
        var waiting = client.PostAsync(Rpc.Call("j", "test_gate", new { gate = "cancelled in JSON" }), RawClient.TakesJsonOnly);
        await gate.Entered;
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "j" }));
        var reply = (await waiting).Expect(HttpStatusCode.OK);
        Assert.Equal(("application/json", "j", -32000), (reply.ContentType, (string?)reply.Json["id"], reply.ErrorCode));
    }

    [Fact]
    public async Task Of_several_calls_with_one_id_the_newest_is_cancelled_whatever_the_spelling()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var (older, newer) = (shared.Server.Gates["older"], shared.Server.Gates["newer"]);
        var first = client.CallAsync("test_gate", new { gate = "older" }, id: "a/b");
        await older.Entered;
        var second = client.CallAsync("test_gate", new { gate = "newer" }, id: "a/b");
        await newer.Entered;
        await client.PostAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a\u002fb"}}""");
        await newer.Cancelled;
        await second;
        Assert.False(older.WasCancelled);
        older.Open();
        Assert.Equal("through", (await first).ToolText);
    }

    [Fact]
    public async Task A_cancellation_of_something_else_stops_nothing()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var gate = shared.Server.Gates["other"];
        var waiting = client.CallAsync("test_gate", new { gate = "other" }, id: 1);
        await gate.Entered;
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "1" }));
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 2 }));
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = new[] { 1 } }));
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { }));
        gate.Open();
        Assert.Equal("through", (await waiting).ToolText);
        Assert.False(gate.WasCancelled);
    }

    [Fact]
    public async Task A_cancellation_reaches_only_its_own_session()
    {
        using var first = await shared.Server.Client().OpenAsync();
        using var second = await shared.Server.Client().OpenAsync();
        var gate = shared.Server.Gates["own"];
        var waiting = first.CallAsync("test_gate", new { gate = "own" }, id: 1);
        await gate.Entered;
        await second.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 1 }));
        Assert.True(await second.IsAliveAsync());
        gate.Open();
        Assert.Equal("through", (await waiting).ToolText);
    }

    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task A_dropped_connection_is_no_cancellation_and_the_answer_can_be_fetched(string version)
    {
        using var client = await shared.Server.Client().OpenAsync(version);
        var gate = shared.Server.Gates["dropped " + version];
        string lastId;
        using (var open = await client.PostForStreamAsync(
            Rpc.Call("d", "test_progress", new { gate = "dropped " + version, steps = 1 }, progressToken: 1)))
        {
            lastId = (await open.Events.UntilMethodAsync("notifications/progress")).Id!;
            await gate.Entered;
        }

        Assert.True(await client.IsAliveAsync());
        Assert.False(gate.WasCancelled);
        gate.Open();
        using var resumed = await client.ListenAsync(lastId);
        var answer = await resumed.Events.UntilAnswerAsync();
        Assert.Equal("d", (string)answer.Json["id"]!);
        Assert.Equal("through", (string)answer.Json["result"]!["content"]![0]!["text"]!);
        Assert.Null(await resumed.Events.NextAsync());
        Assert.False(gate.WasCancelled);
    }

    [Fact]
    public async Task An_initialize_cannot_be_cancelled_into_a_broken_session()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "init" }));
        Assert.True(await client.IsAliveAsync());
    }
}
