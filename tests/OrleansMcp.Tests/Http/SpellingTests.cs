using System.Net;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>What is checked is what is bound: keys and names in another spelling select nothing.</summary>
public sealed class SpellingTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Allowed = "demo://greeting/en";
    private const string Other = "demo://session/counter";

    [Theory]
    [InlineData("resources/read", $$"""{"uri":"{{Allowed}}","URI":"{{Other}}"}""", Allowed)]
    [InlineData("resources/read", $$"""{"URI":"{{Other}}"}""", Allowed)]
    [InlineData("resources/read", $$"""{"Uri":"{{Other}}"}""", null)]
    [InlineData("prompts/get", """{"name":"other","NAME":"summarise","arguments":{"topic":"x"}}""", "other")]
    [InlineData("tools/call", """{"NAME":"echo","arguments":{"text":"x"}}""", "echo")]
    [InlineData("tools/call", """{"name":"echo","Arguments":{"text":"x"}}""", "echo")]
    public async Task A_key_in_another_case_is_refused_before_any_header_is_compared(string method, string parameters, string? header)
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync(method, System.Text.Json.Nodes.JsonNode.Parse(parameters)!.AsObject(), change: request =>
        {
            request.Headers.Remove("Mcp-Name");
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Mcp-Name", header);
            }
        });
        Assert.Equal((HttpStatusCode.BadRequest, -32602), (reply.Status, reply.ErrorCode));
        Assert.Contains("must be spelt", (string)reply.Error["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tools/call", """{"name":"echo\u0000","arguments":{"text":"x"}}""")]
    [InlineData("tools/call", """{"name":"ECHO","arguments":{"text":"x"}}""")]
    [InlineData("tools/call", """{"name":"echo ","arguments":{"text":"x"}}""")]
    [InlineData("tools/call", """{"name":"\u017flow","arguments":{"ms":1}}""")]
    [InlineData("tools/call", """{"name":"\uff45cho","arguments":{"text":"x"}}""")]
    [InlineData("tools/call", """{"name":"toollog_recen\u0074\u200d","arguments":{}}""")]
    [InlineData("prompts/get", """{"name":"summari\u017fe","arguments":{"topic":"x"}}""")]
    [InlineData("prompts/get", """{"name":"summarise\u0000","arguments":{"topic":"x"}}""")]
    [InlineData("resources/read", """{"uri":"demo://se\u017fsion/counter"}""")]
    [InlineData("resources/read", """{"uri":"demo://session/counter\u0000"}""")]
    [InlineData("resources/read", """{"uri":"demo://greeting/en\u0000"}""")]
    [InlineData("resources/read", """{"uri":"demo://session/COUNTER"}""")]
    [InlineData("resources/read", """{"uri":"demo://greeting\uff0fen"}""")]
    public async Task A_name_that_only_looks_like_one_selects_nothing(string method, string parameters)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""");
        Assert.True(reply.ErrorCode is -32602 or -32002, reply.Text);
    }

    [Theory]
    [InlineData("""{"TEXT":"x"}""", "Argument 'TEXT' must be spelt 'text'.")]
    [InlineData("""{"text":"x","Text":"y"}""", null)]
    public async Task An_argument_in_another_case_is_refused(string arguments, string? problem)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":" + arguments + "}}");
        if (problem is null)
        {
            Assert.Equal(-32602, reply.ErrorCode);
            return;
        }

        Assert.True(reply.ToolFailed);
        Assert.Equal(problem, reply.ToolText);
    }

    [Fact]
    public async Task An_optional_argument_in_another_case_is_not_left_out_silently()
    {
        using var client = await shared.Server.Client().OpenAsync();
        Assert.True((await client.CallAsync("increment", new { BY = 100 })).ToolFailed);
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Fact]
    public async Task So_is_an_argument_of_a_prompt()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"summarise","arguments":{"TOPIC":"x"}}}""");
        Assert.Equal("Argument 'TOPIC' must be spelt 'topic'.", (string)reply.Error["message"]!);
    }

    [Fact]
    public async Task A_misspelt_wish_for_fewer_permissions_opens_no_session()
    {
        using var client = shared.Server.Client();
        var reply = await client.PostAsync(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"_meta":{"orleansmcp/permission":["tool:echo"]}}}""");
        Assert.Equal(-32602, reply.ErrorCode);
        Assert.Null(reply.SessionId);
    }

    [Fact]
    public async Task An_answer_with_twins_answers_nothing()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-11-25", new { elicitation = new { } });
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        await client.PostAsync("{\"jsonrpc\":\"2.0\",\"id\":" + asked.Json["id"]!.ToJsonString() + ",\"result\":{\"action\":\"accept\",\"ACTION\":\"decline\"}}");
        var answer = await open.Events.UntilAnswerAsync();
        Assert.True((bool)answer.Json["result"]!["isError"]!);
    }

    [Fact]
    public async Task A_server_can_be_told_to_refuse_what_comes_without_a_session_id()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(new SessionConfiguration { WithoutId = OnMissingSessionId.Refuse }),
        });
        using var client = server.Client();
        foreach (var body in new[] { Rpc.Request(1, "ping"), Rpc.Call(1, "echo", new { text = "x" }), Rpc.Notification("notifications/initialized"), Rpc.Batch(Rpc.Request(1, "ping")) })
        {
            Assert.Equal((HttpStatusCode.BadRequest, -32000), await Refusal(body));
        }

        (await client.GetAsync()).Expect(HttpStatusCode.BadRequest);
        using var modern = server.Modern();
        Assert.Equal("x", await modern.CallTextAsync("echo", new { text = "x" }));

        async Task<(HttpStatusCode, int)> Refusal(string body)
        {
            var reply = await client.PostAsync(body);
            return (reply.Status, reply.ErrorCode);
        }
    }
}
