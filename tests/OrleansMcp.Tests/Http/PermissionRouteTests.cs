using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Http;

/// <summary>
/// OWASP T45: what the server can do plays no part. A tool, a prompt and a resource that are registered on the server and absent from the
/// session's set are reached by no route, and no answer tells them from ones that do not exist.
/// </summary>
public sealed class PermissionRouteTests(PermissionRouteTests.NarrowServer narrow) : IClassFixture<PermissionRouteTests.NarrowServer>
{
    private static readonly string[] s_permitted =
        ["tool:echo", "tool:increment", "tool:test_link", "tool:test_touch", "tool:session_*", "prompt:test_hello", "resource:vault://one"];

    private readonly TestServer _server = narrow.Server;

    public static TheoryData<string, string, string?> Routes { get; } = new()
    {
        { "tools/call", """{"name":"@","arguments":{}}""", null },
        { "tools/call", """{"name":"@"}""", null },
        { "tools/call", """{"name":"@","arguments":{"name":"echo","tool":"echo"},"_meta":{"progressToken":1}}""", null },
        { "tools/call", """{"name":"@","arguments":{},"task":{"ttl":60000}}""", null },
        { "tools/call", """{"name":"@","arguments":{},"_meta":{"orleansmcp/permissions":["tool:*"]}}""", null },
        { "prompts/get", """{"name":"@","arguments":{"what":"x"}}""", "test_plan" },
        { "resources/read", """{"uri":"@"}""", "vault://two" },
        { "resources/read", """{"uri":"@"}""", "vault://files/a" },
        { "resources/subscribe", """{"uri":"@"}""", "vault://two" },
        { "completion/complete", """{"ref":{"type":"ref/prompt","name":"@"},"argument":{"name":"what","value":""}}""", "test_plan" },
        { "completion/complete", """{"ref":{"type":"ref/resource","uri":"@"},"argument":{"name":"path","value":""}}""", "vault://files/{+path}" },
        { "completion/complete", """{"ref":{"type":"ref/resource","uri":"@"},"argument":{"name":"path","value":""}}""", "vault://files/a" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Nothing_outside_the_set_is_reached_or_told_from_nothing(string method, string parameters, string? name)
    {
        var denied = _server.Signals[SignalName.PermissionDenied];
        using var session = await _server.Client().OpenAsync();
        var there = await session.PostAsync(Request(method, parameters, name ?? HiddenTool.Name));
        var absent = await session.PostAsync(Request(method, parameters, Absent(name)));
        Assert.Equal(Hide(there.Text, name ?? HiddenTool.Name), Hide(absent.Text, Absent(name)));
        Assert.Contains("permission_denied", there.Text, StringComparison.Ordinal);

        if (method != "resources/subscribe")
        {
            using var modern = _server.Modern();
            var (first, second) = (await modern.SendAsync(method, Parameters(parameters, name ?? HiddenTool.Name), id: 1),
                await modern.SendAsync(method, Parameters(parameters, Absent(name)), id: 1));
            Assert.Equal((first.Status, Hide(first.Text, name ?? HiddenTool.Name)), (second.Status, Hide(second.Text, Absent(name))));
            Assert.Contains("permission_denied", first.Text, StringComparison.Ordinal);
        }

        Assert.Equal(0, HiddenTool.Calls);
        Assert.True(_server.Signals[SignalName.PermissionDenied] >= denied + 2);
    }

    [Fact]
    public async Task Lists_of_either_era_show_the_set_and_nothing_else()
    {
        using var session = await _server.Client().OpenAsync();
        using var modern = _server.Modern();
        Assert.Equal(["echo", "increment", "test_link", "test_touch"], await NamesAsync(method => session.PostAsync(Rpc.Request(1, method)), "tools/list", "tools", "name"));
        Assert.Equal(
            ["echo", "increment", "session_close", "session_open", "test_link", "test_touch"],
            await NamesAsync(method => modern.SendAsync(method), "tools/list", "tools", "name"));
        foreach (var (method, list, name, expected) in new[]
        {
            ("prompts/list", "prompts", "name", new[] { "test_hello" }), ("resources/list", "resources", "uri", ["vault://one"]),
            ("resources/templates/list", "resourceTemplates", "uriTemplate", []),
        })
        {
            Assert.Equal(expected, await NamesAsync(one => session.PostAsync(Rpc.Request(1, one)), method, list, name));
            Assert.Equal(expected, await NamesAsync(one => modern.SendAsync(one), method, list, name));
        }
    }

    [Fact]
    public async Task A_batch_reaches_nothing_more()
    {
        using var session = await _server.Client().OpenAsync("2025-03-26");
        var reply = await session.PostAsync(Rpc.Batch(Rpc.Call(1, "echo", new { text = "x" }), Rpc.Call(2, HiddenTool.Name), Rpc.Call(3, "no.such")));
        var answers = reply.Json.AsArray().ToDictionary(answer => (int)answer!["id"]!);
        Assert.Null(answers[1]!["result"]!["isError"]);
        Assert.All([2, 3], id => Assert.Equal("permission_denied", (string?)answers[id]!["result"]!["structuredContent"]!["code"]));
        Assert.Equal(0, HiddenTool.Calls);
    }

    [Fact]
    public async Task A_resource_link_leads_nowhere_that_is_not_permitted()
    {
        using var session = await _server.Client().OpenAsync();
        foreach (var (uri, isPermitted) in new[] { ("vault://one", true), ("vault://two", false) })
        {
            var link = (string)(await session.CallAsync("test_link", new { uri })).Result["content"]![0]!["uri"]!;
            var read = await session.PostAsync(Rpc.Request(1, "resources/read", new { uri = link }));
            Assert.Equal(isPermitted, read.Json["result"] is not null);
        }
    }

    [Fact]
    public async Task A_handle_reaches_nothing_more_and_its_headers_tell_nothing()
    {
        using var modern = _server.Modern();
        var handle = await modern.OpenHandleAsync();
        foreach (var arguments in new object[] { new { session = handle }, new { session = handle, where = "x" }, new { session = "no handle" } })
        {
            var (there, absent) = (await modern.CallAsync(HiddenTool.Name, arguments, id: 1), await modern.CallAsync("no.such", arguments, id: 1));
            Assert.Equal((there.Status, Hide(there.Text, HiddenTool.Name)), (absent.Status, Hide(absent.Text, "no.such")));
            Assert.Contains("permission_denied", there.Text, StringComparison.Ordinal);
        }

        Assert.Equal(1, await modern.IncrementAsync(handle));
        Assert.Equal(0, HiddenTool.Calls);
    }

    [Fact]
    public async Task A_subscription_hears_of_what_is_permitted_alone()
    {
        using var session = await _server.Client().OpenAsync();
        using var listening = await session.ListenAsync();
        await session.PostAsync(Rpc.Request(1, "resources/subscribe", new { uri = "vault://two" }));
        await session.PostAsync(Rpc.Request(2, "resources/subscribe", new { uri = "vault://one" }));
        await session.CallTextAsync("test_touch", new { uri = "vault://two" });
        await session.CallTextAsync("test_touch", new { uri = "vault://one" });
        Assert.Equal("vault://one", (string?)(await listening.Events.NextMessageAsync()).Json["params"]!["uri"]);

        using var modern = _server.Modern();
        var wanted = new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray("vault://one", "vault://two") } };
        var refused = (await modern.SendAsync("subscriptions/listen", wanted)).Expect(HttpStatusCode.OK);
        Assert.Equal("permission_denied", (string?)refused.Error["data"]!["code"]);
    }

    [Fact]
    public async Task A_tool_that_joins_the_server_joins_no_session_that_does_not_have_it()
    {
        using var session = await _server.Client().OpenAsync();
        _server.Catalogue.Options.ToolCollection!.Add(McpServerTool.Create(() => "late", new McpServerToolCreateOptions { Name = "late" }));
        Assert.Contains("permission_denied", (await session.CallAsync("late")).Text, StringComparison.Ordinal);
        using var bob = await _server.Client(TestConfiguration.Bob).OpenAsync();
        Assert.Equal("late", await bob.CallTextAsync("late"));
    }

    private static string Absent(string? name) => name switch
    {
        null => "there.is.no.such.tool",
        "test_plan" => "test_no_such_prompt",
        _ => "vault://nowhere",
    };

    private static string Hide(string text, string name) => text.Replace(name, "@", StringComparison.Ordinal);

    private static JsonObject Parameters(string parameters, string name) => JsonNode.Parse(parameters.Replace("@", name, StringComparison.Ordinal))!.AsObject();

    private static string Request(string method, string parameters, string name) => Rpc.Request(1, method, Parameters(parameters, name));

    private static async Task<string[]> NamesAsync(Func<string, Task<RawReply>> send, string method, string list, string name) =>
        [.. (await send(method)).Result[list]!.AsArray().Select(item => (string)item![name]!)];

    /// <summary>For all tests of the class: each opens a session of its own, and none changes what is permitted.</summary>
    public sealed class NarrowServer : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With().Permitting("acme", "alice", s_permitted),
            Customise = builder => builder.Services.AddMcpServer().WithTestResources().WithTools<HiddenTool>(),
        });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    /// <summary>A tool that takes handles and repeats an argument in a header: whatever could give it away.</summary>
    [McpServerToolType]
    private sealed class HiddenTool
    {
        public const string Name = "hidden_tool";

        private static int s_calls;

        public static int Calls => Volatile.Read(ref s_calls);

        [McpServerTool(Name = Name)]
        public static string Run(ISessionContext session, [McpHeader("Where")] string where = "")
        {
            Interlocked.Increment(ref s_calls);
            return session.SessionName + where;
        }
    }
}
