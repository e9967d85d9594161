using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http.Sessionless;

/// <summary>2026-07-28: what a request must carry, and what is gone.</summary>
public sealed class DiscoveryTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Meta = "io.modelcontextprotocol/";

    [Fact]
    public async Task Discover_says_what_the_server_is_and_can()
    {
        using var client = shared.Server.Modern();
        var result = (await client.SendAsync("server/discover")).Expect(HttpStatusCode.OK).Result;
        Assert.Equal("complete", (string)result["resultType"]!);
        Assert.Contains("2026-07-28", Strings(result["supportedVersions"]));
        Assert.NotNull(result["capabilities"]!["tools"]);
        Assert.NotNull(result["ttlMs"]);
        Assert.NotNull(result["cacheScope"]);
    }

    [Fact]
    public async Task An_unsupported_version_is_refused_with_the_versions_of_discover()
    {
        using var client = shared.Server.Modern();
        var discovered = Strings((await client.SendAsync("server/discover")).Result["supportedVersions"]);
        var reply = await client.SendAsync(
            "tools/list", WithMeta("protocolVersion", "2099-01-01"), change: request => Set(request, "MCP-Protocol-Version", "2099-01-01"));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32022, reply.ErrorCode);
        Assert.Equal(discovered, Strings(reply.Error["data"]!["supported"]));
        Assert.Equal("2099-01-01", (string)reply.Error["data"]!["requested"]!);
    }

    [Theory]
    [InlineData("protocolVersion")]
    [InlineData("clientCapabilities")]
    public async Task Missing_metadata_is_invalid_params(string missing)
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync("tools/list", change: request =>
            Rewrite(request, body => body["params"]!["_meta"]!.AsObject().Remove(Meta + missing)));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32602, reply.ErrorCode);
    }

    [Theory]
    [InlineData("_meta")]
    [InlineData("params")]
    public async Task Missing_metadata_as_a_whole_is_invalid_params(string missing)
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync("tools/list", change: request => Rewrite(request, body =>
            (missing == "params" ? body : body["params"]!.AsObject()).Remove(missing)));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32602, reply.ErrorCode);
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("ping")]
    [InlineData("logging/setLevel")]
    [InlineData("resources/subscribe")]
    [InlineData("resources/unsubscribe")]
    [InlineData("no/such/method")]
    public async Task Removed_and_unknown_methods_are_404_and_method_not_found(string method)
    {
        using var client = shared.Server.Modern();
        var reply = (await client.SendAsync(method)).Expect(HttpStatusCode.NotFound);
        Assert.Equal(-32601, reply.ErrorCode);
    }

    [Fact]
    public async Task A_session_id_is_ignored_and_never_echoed()
    {
        using var session = await shared.Server.Client().OpenAsync();
        await session.IncrementAsync(100);
        using var client = shared.Server.Modern();
        foreach (var id in new[] { session.SessionId!, "nonsense", "" })
        {
            var reply = await client.SendAsync("tools/call", Rpc.CallParams("increment"), change: request => Set(request, "Mcp-Session-Id", id));
            reply.Expect(HttpStatusCode.OK);
            Assert.True(DemoTools.Counter(reply.ToolText) < 100, "It worked on the state of the principal, not of the session.");
            Assert.Null(reply.SessionId);
        }

        Assert.Equal(101, await session.IncrementAsync());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task The_GET_stream_and_DELETE_are_gone(string method)
    {
        using var client = shared.Server.Client();
        client.Version = "2026-07-28";
        var reply = await client.SendAsync(client.Request(
            new HttpMethod(method), request => request.Headers.TryAddWithoutValidation("Accept", "text/event-stream")));
        Assert.True(reply.Status is HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest, $"{(int)reply.Status}");
    }

    [Fact]
    public async Task A_batch_is_refused()
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync("tools/list", change: request => Replace(request, "[" + Body(request) + "]"));
        reply.Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Tools_that_keep_state_take_a_handle_and_the_tools_that_make_handles_are_listed()
    {
        using var client = shared.Server.Modern();
        var tools = (await client.SendAsync("tools/list")).Expect(HttpStatusCode.OK).Result["tools"]!.AsArray()
            .ToDictionary(tool => (string)tool!["name"]!, tool => tool!, StringComparer.Ordinal);
        Assert.Contains("session_open", tools.Keys);
        Assert.Contains("session_close", tools.Keys);
        Assert.NotNull(tools["increment"]["inputSchema"]!["properties"]!["session"]);
        Assert.Null(tools["echo"]["inputSchema"]!["properties"]!["session"]);
        Assert.Matches("minutes|hours", (string)tools["session_open"]["description"]!);
    }

    internal static string Body(HttpRequestMessage request) => request.Content!.ReadAsStringAsync().GetAwaiter().GetResult();

    internal static void Replace(HttpRequestMessage request, string body) => request.Content = RawClient.Json(body);

    internal static void Rewrite(HttpRequestMessage request, Action<JsonObject> change)
    {
        var body = JsonNode.Parse(Body(request))!.AsObject();
        change(body);
        Replace(request, body.ToJsonString());
    }

    internal static void Set(HttpRequestMessage request, string header, string value)
    {
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, value);
    }

    private static JsonObject WithMeta(string name, string value) => new() { ["_meta"] = new JsonObject { [Meta + name] = value } };

    private static IReadOnlyList<string> Strings(JsonNode? list) => [.. list!.AsArray().Select(item => (string)item!)];
}
