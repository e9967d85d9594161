using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Clients of the revisions with sessions that never send <c>Mcp-Session-Id</c>: the actor of their principal serves them.</summary>
public abstract class MissingSessionIdContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(null)]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Lists_calls_reads_and_pings(string? version)
    {
        using var client = shared.Server.Client();
        client.Version = version;
        Assert.NotEmpty((await client.PostAsync(Rpc.Request(1, "tools/list"))).Result["tools"]!.AsArray());
        Assert.Equal("hello", await client.CallTextAsync("echo", new { text = "hello" }));
        Assert.NotNull((await client.PostAsync(Rpc.Request(1, "resources/read", new { uri = "demo://session/counter" }))).Result["contents"]);
        Assert.True(await client.IsAliveAsync());
        (await client.PostAsync(Rpc.Notification("notifications/initialized"))).Expect(HttpStatusCode.Accepted);
        Assert.Null((await client.CallAsync("echo", new { text = "x" })).SessionId);
    }

    [Fact]
    public async Task Its_state_is_that_of_the_principal_and_of_nobody_else()
    {
        using var client = shared.Server.Client();
        using var again = shared.Server.Client();
        using var modern = shared.Server.Modern();
        using var other = shared.Server.Client(TestConfiguration.Bob);
        var before = await client.IncrementAsync();
        Assert.Equal(before + 1, await again.IncrementAsync());
        Assert.Equal(before + 2, await modern.IncrementAsync());
        Assert.Equal(1, await other.IncrementAsync());
        using var session = await shared.Server.Client().OpenAsync();
        Assert.Equal(1, await session.IncrementAsync());
    }

    [Fact]
    public async Task Calls_of_one_id_are_answered_each_on_its_own_POST_and_stream_their_progress_there()
    {
        using var client = shared.Server.Client();
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_progress", new { gate = "pooled", steps = 2 }, progressToken: 1));
        await open.Events.UntilMethodAsync("notifications/progress");
        Assert.Equal("beside", (await client.CallAsync("echo", new { text = "beside" }, id: 1)).ToolText);
        shared.Server.Gates["pooled"].Open();
        Assert.Equal("through", (string)(await open.Events.UntilAnswerAsync()).Json["result"]!["content"]![0]!["text"]!);
    }

    [Fact]
    public async Task A_notification_cancels_the_newest_call_of_its_id()
    {
        using var client = shared.Server.Client();
        var gate = shared.Server.Gates["cancelled without a session"];
        var waiting = client.CallAsync("test_gate", new { gate = "cancelled without a session" }, id: 1);
        await gate.Entered;
        (await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 1 }))).Expect(HttpStatusCode.Accepted);
        await gate.Cancelled;
        await waiting;
    }

    [Fact]
    public async Task A_notification_cancels_no_call_of_2026_07_28_by_the_same_principal()
    {
        using var client = shared.Server.Client();
        using var modern = shared.Server.Modern();
        var gate = shared.Server.Gates["of another era"];
        var waiting = modern.CallAsync("test_gate", new { gate = "of another era" }, id: 77);
        await gate.Entered;
        (await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 77 }))).Expect(HttpStatusCode.Accepted);
        Assert.True(await client.IsAliveAsync());
        gate.Open();
        Assert.Equal("through", (await waiting).ToolText);
    }

    [Fact]
    public async Task A_batch_is_answered_where_there_are_batches()
    {
        using var client = shared.Server.Client();
        var reply = (await client.PostAsync(Rpc.Batch(Rpc.Request(1, "ping"), Rpc.Call(2, "echo", new { text = "two" })))).Expect(HttpStatusCode.OK);
        Assert.Equal(2, Assert.IsType<JsonArray>(reply.Json).Count);
        client.Version = "2025-11-25";
        (await client.PostAsync(Rpc.Batch(Rpc.Request(1, "ping")))).Expect(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("logging/setLevel", """{"level":"debug"}""")]
    [InlineData("resources/subscribe", """{"uri":"demo://session/counter"}""")]
    [InlineData("resources/unsubscribe", """{"uri":"demo://session/counter"}""")]
    public async Task What_only_a_session_can_hold_is_refused(string method, string parameters)
    {
        using var client = shared.Server.Client();
        var reply = await client.PostAsync(Rpc.Request(1, method, JsonNode.Parse(parameters)!));
        Assert.Equal(-32600, reply.ErrorCode);
        Assert.Contains("Mcp-Session-Id", (string)reply.Error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_no_stream_to_listen_to_and_nothing_to_end_or_to_answer()
    {
        using var client = shared.Server.Client();
        (await client.GetAsync()).Expect(HttpStatusCode.MethodNotAllowed);
        (await client.SendAsync(client.Request(HttpMethod.Delete))).Expect(HttpStatusCode.BadRequest);
        (await client.PostAsync(Rpc.Result(JsonValue.Create(1), new { }))).Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_call_cannot_ask_a_client_that_declared_nothing()
    {
        using var client = shared.Server.Client();
        Assert.True((await client.CallAsync("test_elicit")).ToolFailed);
    }

    [Fact]
    public async Task A_handle_means_nothing_in_these_revisions()
    {
        using var client = shared.Server.Client();
        using var modern = shared.Server.Modern();
        var handle = await modern.OpenHandleAsync();
        await modern.IncrementAsync(handle);
        var reply = await client.CallAsync("increment", new { session = handle });
        Assert.NotEqual(2, reply.ToolFailed ? 0 : DemoTools.Counter(reply.ToolText));
        Assert.Equal(2, await modern.IncrementAsync(handle));
    }
}
