using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>JSON-RPC batches: owed to 2025-03-26, removed after it.</summary>
public abstract class BatchContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_batch_of_requests_is_answered_with_all_their_replies()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var reply = (await client.PostAsync(Rpc.Batch(
            Rpc.Request(1, "ping"), Rpc.Call("two", "echo", new { text = "hello" }), Rpc.Request(3, "tools/list")))).Expect(HttpStatusCode.OK);
        var answers = Answers(reply);
        Assert.Equal(["\"two\"", "1", "3"], answers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("hello", (string)answers["\"two\""]["result"]!["content"]![0]!["text"]!);
        Assert.NotNull(answers["3"]["result"]!["tools"]);
    }

    [Fact]
    public async Task A_client_that_takes_only_JSON_gets_an_array()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var reply = (await client.PostAsync(Rpc.Batch(Rpc.Request(1, "ping"), Rpc.Request(2, "ping")))).Expect(HttpStatusCode.OK);
        if (!reply.IsStream)
        {
            Assert.Equal(2, Assert.IsType<JsonArray>(reply.Json).Count);
        }

        Assert.Equal(2, Answers(reply).Count);
    }

    [Fact]
    public async Task Notifications_in_a_batch_get_no_reply()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var reply = (await client.PostAsync(Rpc.Batch(
            Rpc.Notification("notifications/roots/list_changed"), Rpc.Request(1, "ping")))).Expect(HttpStatusCode.OK);
        Assert.Equal("1", Assert.Single(Answers(reply).Keys));
    }

    [Fact]
    public async Task A_batch_of_notifications_alone_is_accepted()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var reply = await client.PostAsync(Rpc.Batch(
            Rpc.Notification("notifications/roots/list_changed"), Rpc.Notification("notifications/roots/list_changed")));
        reply.Expect(HttpStatusCode.Accepted);
        Assert.Empty(reply.Body);
    }

    [Fact]
    public async Task A_batch_streams_when_one_of_its_calls_streams()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        using var open = await client.PostForStreamAsync(Rpc.Batch(
            Rpc.Call(1, "test_progress", new { gate = "batch", steps = 2 }, progressToken: "p"), Rpc.Call(2, "echo", new { text = "hello" })));
        await shared.Server.Gates["batch"].Entered;
        shared.Server.Gates["batch"].Open();
        var events = await open.Events.ToEndAsync();
        Assert.Null(open.Events.Retry); // It is no stream to open again.
        var messages = events.Where(item => item.Data.Length > 0)
            .SelectMany(item => item.Json is JsonArray many ? many.AsEnumerable() : [item.Json]).ToList();
        Assert.Contains(messages, message => (string?)message!["method"] == "notifications/progress");
        var answers = messages.Where(message => message!["method"] is null).Select(message => message!["id"]!.ToJsonString());
        Assert.Equal(["1", "2"], answers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_elicitation_can_be_answered_in_a_batch()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26", new { elicitation = new { } });
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        var answer = Rpc.Result(asked.Json["id"], new { action = "accept", content = new { colour = "blue" } });
        await client.PostAsync(Rpc.Batch(answer, Rpc.Request(2, "ping")));
        Assert.Equal("acme/alice accept blue", (string)(await open.Events.UntilAnswerAsync()).Json["result"]!["content"]![0]!["text"]!);
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Later_revisions_refuse_batches(string version)
    {
        using var client = await shared.Server.Client().OpenAsync(version);
        var before = await client.IncrementAsync();
        var reply = await client.PostAsync(Rpc.Batch(Rpc.Call(1, "increment"), Rpc.Call(2, "increment")));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32600, reply.ErrorCode);
        Assert.Equal(before + 1, await client.IncrementAsync());
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Leaving_out_the_version_header_does_not_bring_batches_back(string version)
    {
        using var client = await shared.Server.Client().OpenAsync(version);
        client.Version = null;
        (await client.PostAsync(Rpc.Batch(Rpc.Request(1, "ping")))).Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_bad_element_is_answered_by_itself_and_the_others_run()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var reply = (await client.PostAsync(
            """[1,[],{"jsonrpc":"2.0","id":2,"method":"ping"},{"jsonrpc":"1.0","id":3,"method":"ping"},{"jsonrpc":"2.0","id":4,"method":"ping","id":5},"""
            + """{"jsonrpc":"2.0","id":"\ud800","method":"ping"},{"jsonrpc":"2.0","id":6,"method":"tools/call","params":[]},"""
            + """{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"a://b","URI":"a://c"}},{"jsonrpc":"2.0","id":8,"method":"ping"}]"""))
            .Expect(HttpStatusCode.OK);
        var answers = Assert.IsType<JsonArray>(reply.Json);
        Assert.Equal(9, answers.Count);
        Assert.Equal([2, 8], answers.Where(answer => answer!["result"] is not null).Select(answer => (int)answer!["id"]!));
        Assert.Equal([3, 6, 7], answers.Where(answer => answer!["error"] is not null && answer["id"] is not null).Select(answer => (int)answer!["id"]!));
        Assert.Equal(4, answers.Count(answer => answer!["error"] is not null && answer["id"] is null));
    }

    [Fact]
    public async Task A_batch_that_is_no_JSON_is_refused_as_a_whole()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var reply = (await client.PostAsync("""[{"jsonrpc":"2.0","id":1,"method":"ping"},""")).Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32700, reply.ErrorCode);
    }

    [Fact]
    public async Task A_cancelled_request_of_a_batch_is_told_to_a_client_that_takes_only_JSON()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var gate = shared.Server.Gates["cancelled in a batch"];
        var waiting = client.PostAsync(Rpc.Batch(Rpc.Call(1, "test_gate", new { gate = "cancelled in a batch" }), Rpc.Request(2, "ping")), RawClient.TakesJsonOnly);
        await gate.Entered;
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 1 }));
        var answers = Answers((await waiting).Expect(HttpStatusCode.OK));
        Assert.Equal(-32000, (int)answers["1"]["error"]!["code"]!);
        Assert.NotNull(answers["2"]["result"]);
    }

    [Fact]
    public async Task An_empty_batch_is_refused()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-03-26");
        var reply = await client.PostAsync("[]");
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32600, reply.ErrorCode);
    }

    [Fact]
    public async Task An_initialize_inside_a_batch_opens_nothing()
    {
        using var client = shared.Server.Client();
        var reply = await client.PostAsync(Rpc.Batch(Rpc.Initialize(1, "2025-03-26"), Rpc.Request(2, "ping")));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Null(reply.SessionId);
    }

    private static Dictionary<string, JsonNode> Answers(RawReply reply)
    {
        IEnumerable<JsonNode?> messages = reply.IsStream ? reply.Events.Where(item => item.Data.Length > 0).Select(item => item.Json) : [reply.Json];
        return messages.SelectMany(message => message is JsonArray many ? many.AsEnumerable() : [message])
            .ToDictionary(message => message!["id"]!.ToJsonString(), message => message!, StringComparer.Ordinal);
    }
}
