using System.Text.Json.Nodes;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http.Sessionless;

/// <summary>2026-07-28: streams belong to their request, and closing one cancels it.</summary>
public abstract class StreamContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Progress_streams_before_the_answer_and_cannot_be_resumed()
    {
        using var client = shared.Server.Modern();
        using var open = await client.OpenAsync(
            "tools/call", Rpc.CallParams("test_progress", new { gate = "modern progress", steps = 2 }, progressToken: "t"), id: 3);
        Assert.Equal("t", (string)(await open.Events.UntilMethodAsync("notifications/progress")).Json["params"]!["progressToken"]!);
        shared.Server.Gates["modern progress"].Open();
        var rest = await open.Events.ToEndAsync();
        Assert.Equal(3, (int)rest[^1].Json["id"]!);
        Assert.All(rest, item => Assert.Null(item.Id));
    }

    [Fact]
    public async Task Closing_the_stream_cancels_the_call()
    {
        using var client = shared.Server.Modern();
        var gate = shared.Server.Gates["closed"];
        using (var open = await client.OpenAsync(
            "tools/call", Rpc.CallParams("test_progress", new { gate = "closed", steps = 1 }, progressToken: 1)))
        {
            await open.Events.UntilMethodAsync("notifications/progress");
            await gate.Entered;
        }

        await gate.Cancelled;
        Assert.Equal(0, gate.Passed);
    }

    [Fact]
    public async Task Closing_the_connection_before_the_answer_cancels_the_call_too()
    {
        using var client = shared.Server.Modern();
        var gate = shared.Server.Gates["hung up"];
        var waiting = client.CallAsync("test_gate", new { gate = "hung up" });
        await gate.Entered;
        client.Dispose();
        await gate.Cancelled;
        await Assert.ThrowsAnyAsync<Exception>(() => waiting);
    }

    [Fact]
    public async Task Closing_one_stream_leaves_the_other_calls_of_the_principal_alone()
    {
        using var client = shared.Server.Modern();
        var (closed, kept) = (shared.Server.Gates["one of two"], shared.Server.Gates["two of two"]);
        var waiting = client.CallAsync("test_gate", new { gate = "two of two" }, id: 1);
        await kept.Entered;
        using (var open = await client.OpenAsync(
            "tools/call", Rpc.CallParams("test_progress", new { gate = "one of two", steps = 1 }, progressToken: 1), id: 1))
        {
            await open.Events.UntilMethodAsync("notifications/progress");
            await closed.Entered;
        }

        await closed.Cancelled;
        Assert.False(kept.WasCancelled);
        kept.Open();
        Assert.Equal("through", (await waiting).ToolText);
    }

    [Fact]
    public async Task Listening_is_acknowledged_and_carries_what_was_asked_for()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        using var open = await ListenAsync(client, "listen-1", "test://wanted");
        var acknowledged = await open.Events.NextMessageAsync();
        Assert.Equal("notifications/subscriptions/acknowledged", acknowledged.Method);
        Assert.Equal("listen-1", SubscriptionOf(acknowledged));

        await client.CallTextAsync("test_touch", new { uri = "test://unwanted" });
        await client.CallTextAsync("test_touch", new { uri = "test://wanted" });
        var updated = await open.Events.NextMessageAsync();
        Assert.Equal("notifications/resources/updated", updated.Method);
        Assert.Equal("test://wanted", (string)updated.Json["params"]!["uri"]!);
        Assert.Equal("listen-1", SubscriptionOf(updated));

        using var added = new AddedTool(server.Catalogue, "test_heard");
        var changed = await open.Events.NextMessageAsync();
        Assert.Equal("notifications/tools/list_changed", changed.Method);
        Assert.Equal("listen-1", SubscriptionOf(changed));
    }

    [Fact]
    public async Task What_was_not_asked_for_is_not_sent()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        using var open = await client.OpenAsync("subscriptions/listen", new JsonObject
        {
            ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray("test://only") },
        });
        await open.Events.UntilMethodAsync("notifications/subscriptions/acknowledged");
        using var added = new AddedTool(server.Catalogue, "test_unheard");
        await client.CallTextAsync("test_touch", new { uri = "test://only" });
        Assert.Equal("notifications/resources/updated", (await open.Events.NextMessageAsync()).Method);
    }

    [Fact]
    public async Task A_hundred_listeners_that_leave_leave_nothing_behind()
    {
        using var client = shared.Server.Modern();
        for (var i = 0; i < 100; i++)
        {
            using var open = await ListenAsync(client, i, "test://many");
            Assert.Equal("notifications/subscriptions/acknowledged", (await open.Events.NextMessageAsync()).Method);
        }

        using var last = await ListenAsync(client, "last", "test://many");
        await last.Events.UntilMethodAsync("notifications/subscriptions/acknowledged");
        await client.CallTextAsync("test_touch", new { uri = "test://many" });
        await last.Events.UntilMethodAsync("notifications/resources/updated");
    }

    private static Task<OpenReply> ListenAsync(ModernClient client, object id, string uri) => client.OpenAsync(
        "subscriptions/listen",
        new JsonObject
        {
            ["notifications"] = new JsonObject { ["toolsListChanged"] = true, ["resourceSubscriptions"] = new JsonArray(uri) },
        },
        id);

    private static string? SubscriptionOf(SseEvent item) =>
        (string?)item.Json["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"];
}
