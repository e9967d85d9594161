using System.Text.Json;
using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Requests, notifications and what comes back for them.</summary>
public abstract class CallContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Ping_is_answered_with_an_empty_result()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.PostAsync(Rpc.Request("p-1", "ping"))).Expect(HttpStatusCode.OK);
        Assert.Equal("p-1", (string)reply.Json["id"]!);
        Assert.Empty(reply.Result.AsObject());
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(-5L)]
    [InlineData(9007199254740993L)]
    [InlineData("text")]
    [InlineData("")]
    [InlineData("ü \" \\ \u2028")]
    public async Task The_id_of_a_request_comes_back_as_it_was(object id)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.PostAsync(Rpc.Request(id, "ping"))).Expect(HttpStatusCode.OK);
        Assert.Equal(id, id is string ? (string)reply.Json["id"]! : (object)(long)reply.Json["id"]!);
    }

    [Fact]
    public async Task A_call_without_news_is_answered_with_JSON()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.CallAsync("echo", new { text = "grüße, 世界 🌍" })).Expect(HttpStatusCode.OK);
        Assert.StartsWith("application/json", reply.ContentType, StringComparison.Ordinal);
        Assert.Equal("grüße, 世界 🌍", reply.ToolText);
    }

    [Theory]
    [InlineData("notifications/initialized")]
    [InlineData("notifications/roots/list_changed")]
    [InlineData("notifications/cancelled")]
    [InlineData("notifications/unheard_of")]
    public async Task A_notification_is_202_without_a_body(string method)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.PostAsync(Rpc.Notification(method))).Expect(HttpStatusCode.Accepted);
        Assert.Empty(reply.Body);
    }

    [Fact]
    public async Task A_response_nobody_waits_for_is_refused_and_does_nothing()
    {
        using var client = await shared.Server.Client().OpenAsync();
        (await client.PostAsync(Rpc.Result("nobody asked", new { action = "accept" }))).Expect(HttpStatusCode.BadRequest);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task An_unknown_method_is_an_error_in_a_200()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.PostAsync(Rpc.Request(1, "no/such"))).Expect(HttpStatusCode.OK);
        Assert.Equal(-32601, reply.ErrorCode);
    }

    [Fact]
    public async Task An_unknown_tool_is_an_error()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.CallAsync("no_such_tool")).Expect(HttpStatusCode.OK);
        Assert.Equal(-32602, reply.ErrorCode);
    }

    [Fact]
    public async Task The_demo_tools_are_listed_with_schemas()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var tools = (await client.PostAsync(Rpc.Request(1, "tools/list"))).Result["tools"]!.AsArray();
        var names = tools.Select(tool => (string)tool!["name"]!).ToList();
        Assert.All(["echo", "increment", "slow", "whoami"], name => Assert.Contains(name, names));
        Assert.DoesNotContain("session_open", names);
        Assert.All(tools, tool => Assert.Equal("object", (string)tool!["inputSchema"]!["type"]!));
    }

    [Fact]
    public async Task Progress_streams_in_order_before_the_answer()
    {
        using var client = await shared.Server.Client().OpenAsync();
        using var open = await client.PostForStreamAsync(
            Rpc.Call(5, "test_progress", new { gate = "progress", steps = 4 }, progressToken: "token"));
        Assert.True(open.Response.Headers.CacheControl is { NoStore: true } or { NoCache: true });
        for (var step = 1; step <= 4; step++)
        {
            var item = (await open.Events.UntilMethodAsync("notifications/progress")).Json["params"]!;
            Assert.Equal("token", (string)item["progressToken"]!);
            Assert.Equal(step, (int)item["progress"]!);
            Assert.Equal(4, (int)item["total"]!);
        }

        shared.Server.Gates["progress"].Open();
        var answer = await open.Events.NextMessageAsync();
        Assert.Equal(5, (int)answer.Json["id"]!);
        Assert.Null(await open.Events.NextAsync());
    }

    [Fact]
    public async Task Without_a_progress_token_no_progress_is_sent()
    {
        using var client = await shared.Server.Client().OpenAsync();
        shared.Server.Gates["quiet"].Open();
        var reply = await client.CallAsync("test_progress", new { gate = "quiet", steps = 4 });
        Assert.DoesNotContain("notifications/progress", reply.Text, StringComparison.Ordinal);
        Assert.Equal("through", reply.ToolText);
    }

    [Fact]
    public async Task The_demo_tool_slow_reports_progress()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync(Rpc.Call(1, "slow", new { ms = 200 }, progressToken: 9));
        Assert.Contains(reply.Events, item => item.Method == "notifications/progress" && (int)item.Json["params"]!["progressToken"]! == 9);
        Assert.NotNull(reply.Result["content"]);
    }

    [Theory]
    [InlineData("9.0")]
    [InlineData("90e-1")]
    public async Task A_progress_token_is_a_whole_number_however_it_is_spelt(string token)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"slow\",\"arguments\":{\"ms\":50},\"_meta\":{\"progressToken\":" + token + "}}}");
        Assert.Contains(reply.Events, item => item.Method == "notifications/progress" && (int)item.Json["params"]!["progressToken"]! == 9);
    }

    [Fact]
    public async Task Calls_of_one_session_run_beside_each_other()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var waiting = client.CallAsync("test_gate", new { gate = "beside" }, id: "waits");
        await shared.Server.Gates["beside"].Entered;
        Assert.Equal("hello", await client.CallTextAsync("echo", new { text = "hello" }));
        shared.Server.Gates["beside"].Open();
        Assert.Equal("through", (await waiting).ToolText);
    }

    [Fact]
    public async Task Requests_with_one_id_at_the_same_time_are_each_answered_on_their_own_POST()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var waiting = client.CallAsync("test_gate", new { gate = "same id" }, id: 1);
        await shared.Server.Gates["same id"].Entered;
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.CallAsync("echo", new { text = $"other {i}" }, id: 1)));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"other {i}"), others.Select(reply => reply.ToolText));
        shared.Server.Gates["same id"].Open();
        Assert.Equal("through", (await waiting).ToolText);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData("\"a\\u002fb\"")]
    [InlineData("\"\u2028\"")]
    [InlineData("-9223372036854775808")]
    public async Task An_id_comes_back_as_the_client_spelt_it_or_in_another_spelling_of_the_same_value(string id)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(id).RootElement, JsonDocument.Parse(reply.Json["id"]!.ToJsonString()).RootElement), reply.Text);
    }

    [Theory]
    [InlineData("a", 254, HttpStatusCode.OK)]
    [InlineData("\\u0061", 254, HttpStatusCode.OK)]
    [InlineData("\\u0061", 255, HttpStatusCode.BadRequest)]
    [InlineData("a", 255, HttpStatusCode.BadRequest)]
    public async Task How_long_an_id_may_be_does_not_depend_on_its_spelling(string character, int length, HttpStatusCode status)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var id = string.Concat(Enumerable.Repeat(character, length));
        Assert.Equal(status, (await client.PostAsync("{\"jsonrpc\":\"2.0\",\"id\":\"" + id + "\",\"method\":\"ping\"}")).Status);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("9223372036854775808")]
    [InlineData("1e99")]
    public async Task What_is_no_id_is_refused(string id)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");
        Assert.Equal((HttpStatusCode.BadRequest, -32600), (reply.Status, reply.ErrorCode));
    }

    [Fact]
    public async Task Null_params_and_null_arguments_are_absent()
    {
        using var client = await shared.Server.Client().OpenAsync();
        Assert.NotNull((await client.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":null}""")).Result["tools"]);
        Assert.NotNull((await client.PostAsync("""{"jsonrpc":"2.0","id":2,"method":"ping","params":null}""")).Result);
        Assert.NotNull((await client.PostAsync("""{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"whoami","arguments":null,"_meta":null}}""")).ToolText);
        var prompt = await client.PostAsync("""{"jsonrpc":"2.0","id":4,"method":"prompts/get","params":{"name":"summarise","arguments":null}}""");
        Assert.Equal("Missing required argument 'topic'.", (string)prompt.Error["message"]!);
        (await client.PostAsync("""{"jsonrpc":"2.0","method":"notifications/initialized","params":null}""")).Expect(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("""{"topic":null}""", "Missing required argument 'topic'.")]
    [InlineData("""{"topic":"tea","audience":null}""", null)]
    [InlineData("""{"topic":7}""", "Argument 'topic' must be a string.")]
    public async Task An_argument_of_a_prompt_is_a_string_and_null_is_none(string arguments, string? problem)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"prompts/get\",\"params\":{\"name\":\"summarise\",\"arguments\":" + arguments + "}}");
        if (problem is null)
        {
            Assert.Equal("Summarise tea for beginners in five sentences.", (string)reply.Result["messages"]![0]!["content"]!["text"]!);
            return;
        }

        Assert.Equal((-32602, problem), (reply.ErrorCode, (string)reply.Error["message"]!));
    }

    [Fact]
    public async Task Two_sessions_may_use_the_same_ids_at_the_same_time()
    {
        using var first = await shared.Server.Client().OpenAsync();
        using var second = await shared.Server.Client().OpenAsync();
        var waiting = first.CallAsync("test_gate", new { gate = "two sessions" }, id: 1);
        await shared.Server.Gates["two sessions"].Entered;
        Assert.Equal("other", (await second.CallAsync("echo", new { text = "other" }, id: 1)).ToolText);
        shared.Server.Gates["two sessions"].Open();
        Assert.Equal("through", (await waiting).ToolText);
    }
}
