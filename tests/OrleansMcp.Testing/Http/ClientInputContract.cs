using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Requests from the server to the client: elicitation, sampling, roots.</summary>
public abstract class ClientInputContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly object s_all = new { elicitation = new { }, sampling = new { }, roots = new { } };

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task An_elicitation_makes_the_round_trip(string version)
    {
        using var client = await shared.Server.Client().OpenAsync(version, s_all);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit", new { question = "Which?" }));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        Assert.Equal("Which?", (string)asked.Json["params"]!["message"]!);
        (await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "red" } })).Expect(HttpStatusCode.Accepted);
        Assert.Equal("acme/alice accept red", await TextAsync(open));
    }

    [Fact]
    public async Task Several_elicitations_of_one_call_are_kept_apart()
    {
        using var client = await shared.Server.Client().OpenAsync(capabilities: s_all);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit_twice"));
        var first = await open.Events.UntilMethodAsync("elicitation/create");
        await client.AnswerAsync(first, new { action = "accept", content = new { colour = "red" } });
        var second = await open.Events.UntilMethodAsync("elicitation/create");
        Assert.NotEqual(first.Json["id"]!.ToJsonString(), second.Json["id"]!.ToJsonString());
        (await client.AnswerAsync(first, new { action = "accept", content = new { colour = "black" } })).Expect(HttpStatusCode.BadRequest);
        await client.AnswerAsync(second, new { action = "accept", content = new { colour = "blue" } });
        Assert.Equal("red and blue", await TextAsync(open));
    }

    [Fact]
    public async Task A_tool_that_ends_with_a_question_is_run_again_with_the_answer()
    {
        using var client = await shared.Server.Client().OpenAsync(capabilities: s_all);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_require"));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        Assert.Equal("Required?", (string)asked.Json["params"]!["message"]!);
        await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "red" } });
        Assert.Equal("inner-state red", await TextAsync(open));
    }

    [Fact]
    public async Task Sampling_makes_the_round_trip()
    {
        using var client = await shared.Server.Client().OpenAsync(capabilities: s_all);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_sample"));
        var asked = await open.Events.UntilMethodAsync("sampling/createMessage");
        await client.AnswerAsync(asked, new { role = "assistant", model = "m", content = new { type = "text", text = "something" } });
        Assert.Equal("something", await TextAsync(open));
    }

    [Fact]
    public async Task Roots_make_the_round_trip()
    {
        using var client = await shared.Server.Client().OpenAsync(capabilities: s_all);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_roots"));
        var asked = await open.Events.UntilMethodAsync("roots/list");
        await client.AnswerAsync(asked, new { roots = new[] { new { uri = "file:///a" }, new { uri = "file:///b" } } });
        Assert.Equal("file:///a file:///b", await TextAsync(open));
    }

    [Theory]
    [InlineData("test_elicit")]
    [InlineData("test_sample")]
    [InlineData("test_roots")]
    public async Task A_client_that_cannot_is_not_asked(string tool)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.CallAsync(tool);
        Assert.True(reply.Answer["error"] is not null || reply.ToolFailed, reply.Text);
        Assert.DoesNotContain(reply.IsStream ? reply.Events : [], item => item.Method is not null && item.Json["id"] is not null);
    }

    [Fact]
    public async Task An_error_from_the_client_fails_the_call_and_nothing_else()
    {
        using var client = await shared.Server.Client().OpenAsync(capabilities: s_all);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        var id = asked.Json["id"]!.ToJsonString();
        (await client.PostAsync($$"""{"jsonrpc":"2.0","id":{{id}},"error":{"code":-1,"message":"no user here"} }""")).Expect(HttpStatusCode.Accepted);
        var answer = (await open.Events.UntilAnswerAsync()).Json;
        Assert.True(answer["error"] is not null || (bool?)answer["result"]!["isError"] == true);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task While_the_user_thinks_the_session_answers()
    {
        using var client = await shared.Server.Client().OpenAsync(capabilities: s_all);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        Assert.True(await client.IsAliveAsync());
        Assert.Equal(1, await client.IncrementAsync());
        (await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 1 }))).Expect(HttpStatusCode.Accepted);
        await open.Events.ToEndAsync();
        (await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "late" } })).Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_ids_of_the_server_and_of_its_client_never_meet()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-11-25", new { elicitation = new { } });
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        var id = (string)asked.Json["id"]!;
        Assert.Equal("mine", (await client.CallAsync("echo", new { text = "mine" }, id: id)).ToolText);
        (await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = id }))).Expect(HttpStatusCode.Accepted);
        (await client.PostAsync(Rpc.Result(System.Text.Json.Nodes.JsonValue.Create(1), new { action = "accept" }))).Expect(HttpStatusCode.BadRequest);
        await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "green" } });
        Assert.Contains("accept green", (string)(await open.Events.UntilAnswerAsync()).Json["result"]!["content"]![0]!["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_elicitation_survives_a_dropped_connection()
    {
        using var client = await shared.Server.Client().OpenAsync(capabilities: s_all);
        SseEvent asked;
        using (var open = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit")))
        {
            asked = await open.Events.UntilMethodAsync("elicitation/create");
        }

        await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "green" } });
        using var resumed = await client.ListenAsync(asked.Id);
        Assert.Equal("acme/alice accept green", await TextAsync(resumed));
    }

    private static async Task<string> TextAsync(OpenReply open) =>
        (string)(await open.Events.UntilAnswerAsync()).Json["result"]!["content"]![0]!["text"]!;
}
