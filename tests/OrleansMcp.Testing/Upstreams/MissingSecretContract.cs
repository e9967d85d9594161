using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>A server needs a secret of the session that nobody has put: the client is told which, and its user is asked where that can be done.</summary>
public abstract class MissingSecretContract : IAsyncLifetime
{
    private const string Connect = "https://connect.example.com/github?from=mcp";
    private static readonly byte[] s_secret = [.. "hunter2-hunter2"u8];
    private static readonly object s_url = new { elicitation = new { url = new { } } };

    private StockUpstream _github = null!;
    private StockUpstream _open = null!;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        (_github, _open) = (await StockUpstream.StartAsync(UpstreamEra.Sessions), await StockUpstream.StartAsync(UpstreamEra.Sessionless));
        _github.Accepts = static value => value == "Bearer hunter2-hunter2";
        _server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With() with
            {
                Servers = new[]
                {
                    Server("github", _github.Url, new UpstreamCredential { Secret = "github", Connect = new(Connect) }),
                    Server("quiet", _github.Url, new UpstreamCredential { Secret = "github" }),
                    Server("operated", _github.Url, new UpstreamCredential { Secret = "github", Connect = new(Connect), From = SecretOrigin.Operator }),
                    Server("open", _open.Url, credential: null),
                }.ToDictionary(static server => server.Name, StringComparer.Ordinal),
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _github.DisposeAsync();
        await _open.DisposeAsync();
    }

    [Fact]
    public async Task The_user_is_asked_to_connect_and_the_call_goes_on_once_the_secret_is_there()
    {
        using var client = await _server.Client().OpenAsync(capabilities: s_url);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "github__echo", new { text = "hello" }));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        var question = asked.Json["params"]!;
        Assert.Equal(("url", Connect), ((string?)question["mode"], (string?)question["url"]));
        Assert.Equal("github: to go on, connect your account there. The session holds no secret 'github' yet.", (string?)question["message"]);
        Assert.Equal(0, _github.Requests.Count);
        (await client.AnswerAsync(asked, new { action = "accept" })).Expect(HttpStatusCode.Accepted);
        (await client.PutSecretAsync("github", s_secret)).Expect(HttpStatusCode.Created);
        var complete = await open.Events.UntilMethodAsync("notifications/elicitation/complete");
        Assert.Equal(32, ((string)question["elicitationId"]!).Length);
        Assert.Equal((string?)question["elicitationId"], (string?)complete.Json["params"]!["elicitationId"]);
        Assert.Equal("hello", (string?)(await open.Events.UntilAnswerAsync()).Json["result"]!["content"]![0]!["text"]);
        Assert.Equal("again", await client.CallTextAsync("github__echo", new { text = "again" }));
    }

    [Fact]
    public async Task A_client_without_sessions_is_asked_with_the_result_and_its_retry_waits()
    {
        using var client = Modern();
        var call = Rpc.CallParams("github__echo", new { text = "hello" });
        var asked = (await client.SendAsync("tools/call", call)).Expect(HttpStatusCode.OK).Result;
        var question = Assert.Single(asked["inputRequests"]!.AsObject()).Value!;
        Assert.Equal("elicitation/create", (string?)question["method"]);
        Assert.Equal(["message", "mode", "url"], question["params"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(Connect, (string?)question["params"]!["url"]);
        var retry = client.RetryAsync(call, asked, new { action = "accept" });
        (await client.PutSecretAsync("github", s_secret)).Expect(HttpStatusCode.Created);
        var reply = (await retry).Expect(HttpStatusCode.OK);
        Assert.Equal("hello", reply.ToolText);
        Assert.DoesNotContain("elicitation/complete", reply.Text, StringComparison.Ordinal); // This revision has no such notification.
    }

    [Theory]
    [InlineData("decline")]
    [InlineData("cancel")]
    [InlineData("nonsense")]
    public async Task A_user_who_does_not_want_to_is_the_end_of_the_call(string action)
    {
        using var client = await _server.Client().OpenAsync(capabilities: s_url);
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "github__echo", new { text = "hello" }));
        await client.AnswerAsync(await open.Events.UntilMethodAsync("elicitation/create"), new { action });
        ExpectMissing("github", (await open.Events.UntilAnswerAsync()).Json["result"]!);

        using var modern = Modern();
        var call = Rpc.CallParams("github__echo", new { text = "hello" });
        var asked = (await modern.SendAsync("tools/call", call)).Expect(HttpStatusCode.OK).Result;
        ExpectMissing("github", (await modern.RetryAsync(call, asked, new { action })).Expect(HttpStatusCode.OK).Result);
        Assert.Equal(0, _github.Requests.Count);
    }

    [Theory]
    [InlineData("github", false)] // a client that can show forms only
    [InlineData("quiet", true)] // a server without a URL
    [InlineData("operated", true)] // a secret that is not the client's to put
    public async Task Where_nobody_can_be_asked_the_result_says_at_once_which_is_missing(string server, bool canShow)
    {
        using var client = await _server.Client().OpenAsync(capabilities: canShow ? s_url : new { elicitation = new { form = new { } } });
        ExpectMissing(server, (await client.CallAsync($"{server}__echo", new { text = "hello" })).Expect(HttpStatusCode.OK).Result);
        using var modern = Modern(canShow ? "url" : "form");
        ExpectMissing(server, (await modern.CallAsync($"{server}__echo", new { text = "hello" })).Expect(HttpStatusCode.OK).Result);
    }

    [Fact]
    public async Task Lists_ask_nobody_and_show_what_the_other_servers_have()
    {
        using var client = await _server.Client().OpenAsync(capabilities: s_url);
        var listed = (await client.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
        Assert.False(listed.IsStream);
        var names = listed.Result["tools"]!.AsArray().Select(tool => (string)tool!["name"]!).ToArray();
        Assert.Contains("open__echo", names);
        Assert.DoesNotContain("github__echo", names);
        var unavailable = listed.Result["_meta"]!["orleansmcp/unavailable"]!;
        Assert.Equal(["github", "operated", "quiet"], unavailable.AsObject().Select(one => one.Key).Order(StringComparer.Ordinal));
        Assert.Contains("'github'", (string)unavailable["github"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompts_and_resources_are_asked_for_as_tools_are()
    {
        using var client = await _server.Client().OpenAsync(capabilities: s_url);
        foreach (var request in new[]
        {
            Rpc.Request(1, "prompts/get", new { name = "github__nothing" }), Rpc.Request(2, "resources/read", new { uri = "github+stock://guide" }),
        })
        {
            using var open = await client.PostForStreamAsync(request);
            await client.AnswerAsync(await open.Events.UntilMethodAsync("elicitation/create"), new { action = "decline" });
            var error = (await open.Events.UntilAnswerAsync()).Json["error"]!["data"]!;
            Assert.Equal(("secret_unavailable", "github", "github"), ((string?)error["code"], (string?)error["secret"], (string?)error["server"]));
        }
    }

    private static void ExpectMissing(string server, JsonNode result)
    {
        Assert.True((bool?)result["isError"], result.ToJsonString());
        var details = result["structuredContent"]!;
        Assert.Equal(("secret_unavailable", "github", server), ((string?)details["code"], (string?)details["secret"], (string?)details["server"]));
        Assert.StartsWith($"The server '{server}' needs the secret 'github'", (string?)details["message"], StringComparison.Ordinal);
    }

    private ModernClient Modern(string mode = "url") =>
        new(_server.Url, TestConfiguration.Alice) { Capabilities = new() { ["elicitation"] = new JsonObject { [mode] = new JsonObject() } } };

    private static UpstreamConfiguration Server(string name, Uri url, UpstreamCredential? credential) => new() { Name = name, Url = url, Private = true, Credential = credential };
}
