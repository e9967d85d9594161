using System.Text.Json.Nodes;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>A session has the permissions it was opened with and no others, whatever the server offers.</summary>
public abstract class PermissionContract : EngineContract
{
    private static readonly string[] s_few =
        ["tool:engine_echo", "tool:engine_missing", "tool:test_may", "prompt:test_hello", "resource:vault://one", "resource:vault://files/open/*"];

    public static TheoryData<string, JsonObject> Refused { get; } = new()
    {
        { "prompts/get", new() { ["name"] = "test_plan", ["arguments"] = new JsonObject { ["what"] = "x" } } },
        { "prompts/get", new() { ["name"] = "no such prompt" } },
        { "resources/read", new() { ["uri"] = "vault://two" } },
        { "resources/read", new() { ["uri"] = "vault://nowhere" } },
        { "resources/read", new() { ["uri"] = "vault://files/closed/b" } },
        { "resources/read", new() { ["uri"] = "vault://files/open/../closed/b" } },
        { "resources/read", new() { ["uri"] = "vault://files/open/%2e%2E/closed/b" } },
        { "resources/read", new() { ["uri"] = "vault://files/open/..%2fclosed/b" } },
        { "resources/read", new() { ["uri"] = "vault://files/open/%252e%252e/closed/b" } },
        { "resources/read", new() { ["uri"] = "vault://files/open/..\\closed" } },
        { "resources/read", new() { ["uri"] = "VAULT://one" } },
        { "resources/subscribe", new() { ["uri"] = "vault://two" } },
        { "completion/complete", Completion("ref/prompt", "name", "test_plan", "what") },
        { "completion/complete", Completion("ref/resource", "uri", "vault://two", "path") },
    };

    [Fact]
    public async Task Lists_show_what_is_permitted()
    {
        await using var engine = await StartFewAsync();
        var client = await engine.OpenAsync(Alice);
        Assert.Equal(["engine_echo", "test_may"], await ListAsync(client, "tools/list", "tools", "name"));
        Assert.Equal(["test_hello"], await ListAsync(client.Elsewhere(), "prompts/list", "prompts", "name"));
        Assert.Equal(["vault://one"], await ListAsync(client, "resources/list", "resources", "uri"));
        Assert.Equal(["vault://files/{+path}"], await ListAsync(client, "resources/templates/list", "resourceTemplates", "uriTemplate"));
        engine.Configure(TestConfiguration.With().Permitting("acme", "alice", "resource:vault://one*"));
        Assert.Empty(await ListAsync(client, "resources/templates/list", "resourceTemplates", "uriTemplate"));
    }

    [Fact]
    public async Task A_client_without_permissions_sees_and_calls_nothing()
    {
        await using var engine = await StartAsync(TestConfiguration.With().Permitting("acme", "alice"));
        var client = await engine.OpenAsync(Alice);
        Assert.Empty(await ListAsync(client, "tools/list", "tools", "name"));
        Assert.Equal("permission_denied", (await client.CallAsync("engine_echo", new { text = "x" })).Code);
        Assert.Equal("permission_denied", (await engine.Principal(Alice).CallAsync("session_open")).Code);
        Assert.Empty(await ListAsync(engine.Principal(Alice), "tools/list", "tools", "name"));
    }

    [Theory]
    [InlineData("engine_whoami")]
    [InlineData("there.is.no.such.tool")]
    [InlineData("Engine.echo")]
    [InlineData("engine_echo ")]
    [InlineData("engine_ech")]
    [InlineData("")]
    public async Task A_tool_outside_the_set_is_refused_alike_whether_or_not_there_is_one(string tool)
    {
        await using var engine = await StartFewAsync();
        foreach (var client in new[] { await engine.OpenAsync(Alice), engine.Principal(Alice) })
        {
            var answer = await client.CallAsync(tool);
            Assert.Equal(("permission_denied", true), (answer.Code, (bool)answer.Json["result"]!["isError"]!));
            Assert.Equal($"tool:{tool}", (string)answer.Json["result"]!["structuredContent"]!["permission"]!);
        }

        await SignalledAsync(engine, SignalName.PermissionDenied, 2);
    }

    [Fact]
    public async Task An_unknown_tool_that_would_be_permitted_is_an_unknown_tool()
    {
        await using var engine = await StartFewAsync();
        var client = await engine.OpenAsync(Alice);
        Assert.Equal(-32602, (int)(await client.CallAsync("engine_missing")).Json["error"]!["code"]!);
        Assert.Equal("hello", await client.CallTextAsync("engine_echo", new { text = "hello" }));
        Assert.Equal(0, engine.Signals[SignalName.PermissionDenied]);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Prompts_and_resources_outside_the_set_are_refused(string method, JsonObject parameters)
    {
        await using var engine = await StartFewAsync();
        var client = await engine.OpenAsync(Alice);
        Assert.Equal("permission_denied", (string?)(await client.RequestAsync(method, parameters))["error"]?["data"]?["code"]);
        await SignalledAsync(engine, SignalName.PermissionDenied, 1);
    }

    [Theory]
    [InlineData("vault://one", "the first")]
    [InlineData("vault://on%65", "the first")]
    [InlineData("vault://files/open/a", "file open/a")]
    [InlineData("vault://files/open/%61", "file open/a")]
    [InlineData("vault://files/open/a.b/..c", "file open/a.b/..c")]
    public async Task Resources_inside_the_set_are_read_as_they_were_judged(string uri, string text)
    {
        await using var engine = await StartFewAsync();
        var client = await engine.OpenAsync(Alice);
        Assert.Equal(text, (string?)(await client.RequestAsync("resources/read", new() { ["uri"] = uri }))["result"]?["contents"]?[0]?["text"]);
    }

    [Fact]
    public async Task What_may_be_used_is_completed()
    {
        await using var engine = await StartFewAsync();
        var client = await engine.OpenAsync(Alice);
        foreach (var reference in new[] { Completion("ref/prompt", "name", "test_hello", "whom"), Completion("ref/resource", "uri", "vault://files/{+path}", "path") })
        {
            var answer = await client.RequestAsync("completion/complete", reference);
            Assert.Equal(2, answer["result"]!["completion"]!["values"]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task A_client_may_ask_for_less_and_gets_no_more_than_it_may_have()
    {
        await using var engine = await StartFewAsync();
        var client = engine.Unopened(Alice);
        var opened = await client.InitializeAskingAsync(new[] { "tool:engine_*", "prompt:test_plan" });
        Assert.Equal(["tool:engine_echo", "tool:engine_missing"], Shown(opened));
        Assert.Equal("x", await client.Elsewhere().CallTextAsync("engine_echo", new { text = "x" }));
        Assert.Equal("permission_denied", (await client.CallAsync("test_may", new { kind = "Tool", name = "x" })).Code);
        Assert.Equal("permission_denied", (await client.CallAsync("engine_whoami")).Code);
    }

    [Fact]
    public async Task Tools_are_told_what_their_session_may_do()
    {
        await using var engine = await StartFewAsync();
        var client = await engine.OpenAsync(Alice);
        Assert.Equal("yes", await client.CallTextAsync("test_may", new { kind = "Resource", name = "vault://files/open/x" }));
        Assert.Equal("no", await client.CallTextAsync("test_may", new { kind = "Resource", name = "vault://files/x" }));
        Assert.Equal("no", await client.CallTextAsync("test_may", new { kind = "RecordsRead", name = "orders" }));
    }

    [Theory]
    [InlineData("\"tool:engine_echo\"")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[\"tool\"]")]
    [InlineData("[\"tool:a*b\"]")]
    [InlineData("[\"resource:vault://a/../b\"]")]
    public async Task Asking_in_no_valid_form_opens_nothing(string asked)
    {
        await using var engine = await StartAsync();
        var client = engine.Unopened(Alice);
        Assert.Equal(-32602, (int)(await client.InitializeAskingAsync(JsonNode.Parse(asked) ?? (object)null!))["error"]!["code"]!);
        await NothingIsLeftOf(engine, client.Key);
        var parameters = Rpc.CallParams("session_open");
        parameters["_meta"] = new JsonObject { ["orleansmcp/permissions"] = JsonNode.Parse(asked) };
        Assert.Equal(-32602, (int)(await engine.Principal(Alice).RequestAsync("tools/call", parameters))["error"]!["code"]!);
        Assert.Empty(await engine.Tenants(0).Get("acme").ListSessionsAsync(client: null, CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_set_is_frozen_against_a_wider_registration_and_returns_with_its_session(bool restart)
    {
        await using var engine = await StartFewAsync();
        var client = await engine.OpenAsync(Alice);
        engine.Configure(TestConfiguration.With());
        Assert.Equal("permission_denied", (await client.CallAsync("engine_whoami")).Code);
        await LeaveMemoryAsync(engine, restart);
        Assert.Equal("permission_denied", (await client.Elsewhere().CallAsync("engine_whoami")).Code);
        Assert.Equal(["engine_echo", "test_may"], await ListAsync(client, "tools/list", "tools", "name"));
        Assert.Equal("acme/alice/alice", await (await engine.OpenAsync(Alice)).CallTextAsync("engine_whoami"));
    }

    [Fact]
    public async Task Scopes_narrow_the_set_at_open_and_every_message_after_it()
    {
        await using var engine = await StartAsync(TestConfiguration.With().Scoped(
            ("echo", ["tool:engine_echo"]), ("who", ["tool:engine_whoami"]), ("list", ["tools/list"])));
        var echo = Alice with { Scopes = new HashSet<string> { "echo" } };
        var client = await engine.OpenAsync(echo);
        Assert.Equal(["engine_echo"], await ListAsync(client, "tools/list", "tools", "name"));

        // A wider credential of the same owner gains nothing here, and a narrower one loses.
        var wide = client.As(Alice);
        Assert.Equal("x", await wide.CallTextAsync("engine_echo", new { text = "x" }));
        Assert.Equal("permission_denied", (await wide.Elsewhere().CallAsync("engine_whoami")).Code);
        Assert.Equal("permission_denied", (await client.As(Alice with { Scopes = new HashSet<string> { "who" } }).CallAsync("engine_echo", new { text = "x" })).Code);

        var all = await engine.OpenAsync(Alice with { Scopes = new HashSet<string> { "list" } });
        Assert.Equal("acme/alice/alice", await all.CallTextAsync("engine_whoami"));
        var none = await engine.OpenAsync(Alice with { Scopes = new HashSet<string>() });
        Assert.Empty(await ListAsync(none, "tools/list", "tools", "name"));
    }

    [Fact]
    public async Task A_principal_has_what_its_registration_and_its_credential_permit_now()
    {
        var configuration = TestConfiguration.With().Scoped(("echo", ["tool:engine_echo"]));
        await using var engine = await StartAsync(configuration);
        var client = engine.Principal(Alice);
        Assert.Equal("acme/alice/alice", await client.CallTextAsync("engine_whoami"));
        var narrow = client.As(Alice with { Scopes = new HashSet<string> { "echo" } });
        Assert.Equal("permission_denied", (await narrow.CallAsync("engine_whoami")).Code);
        engine.Configure(configuration.Permitting("acme", "alice", "tool:engine_echo"));
        Assert.Equal("permission_denied", (await client.CallAsync("engine_whoami")).Code);
        engine.Configure(configuration);
        Assert.Equal("acme/alice/alice", await client.Elsewhere().CallTextAsync("engine_whoami"));
    }

    [Fact]
    public async Task A_handle_has_a_frozen_set_of_its_own()
    {
        await using var engine = await StartAsync(TestConfiguration.With().Permitting("acme", "alice", "tool:engine_*", "tool:session_*"));
        var principal = engine.Principal(Alice);
        var parameters = Rpc.CallParams("session_open");
        parameters["_meta"] = new JsonObject { ["orleansmcp/permissions"] = new JsonArray("tool:engine_increment", "tool:test_gate") };
        var opened = await principal.RequestAsync("tools/call", parameters);
        Assert.Equal(["tool:engine_increment"], Shown(opened));
        engine.Ids.Judge((string)opened["result"]!["structuredContent"]!["session"]!, Alice, out var key);
        var handle = principal.With(key);
        engine.Configure(TestConfiguration.With());
        Assert.Equal(1, await handle.IncrementAsync());
        Assert.Equal("permission_denied", (await handle.Elsewhere().CallAsync("engine_counter")).Code);
        await engine.SendToSleepAsync();
        Assert.Equal("permission_denied", (await handle.CallAsync("engine_counter")).Code);
        Assert.Equal(0, await principal.CounterAsync());
    }

    private Task<IEngine> StartFewAsync() => StartAsync(TestConfiguration.With().Permitting("acme", "alice", s_few));

    private static JsonObject Completion(string type, string key, string name, string argument) => new()
    {
        ["ref"] = new JsonObject { ["type"] = type, [key] = name },
        ["argument"] = new JsonObject { ["name"] = argument, ["value"] = "" },
    };

    private static IEnumerable<string> Shown(JsonNode reply) =>
        reply["result"]!["_meta"]!["orleansmcp/permissions"]!.AsArray().Select(item => (string)item!);

    private static async Task<IEnumerable<string>> ListAsync(EngineClient client, string method, string list, string name) =>
        (await client.RequestAsync(method))["result"]![list]!.AsArray().Select(item => (string)item![name]!);
}
