using System.Buffers.Text;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Protocol;
using OrleansMcp.Tests.Authorization.Policies;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Reading;

public sealed class ListMethodsTests
{
    private readonly SessionBench _bench = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_list_shows_what_the_session_may_use()
    {
        Assert.Equal(["bench_ask", "bench_echo", "bench_elicit", "bench_fail", "bench_kept", "bench_wait"], await ToolsAsync(_bench));
        _bench.Permit("tool:bench_echo", "resource:bench://one");
        Assert.Equal(["bench_echo"], await ToolsAsync(_bench));
        Assert.Equal(["bench://one"], Names(await _bench.Lists.ListResourcesAsync(_bench.Call("resources/list")), "resources", "uri"));
        Assert.Empty(Names(await _bench.Lists.ListResourceTemplatesAsync(_bench.Call("resources/templates/list")), "resourceTemplates", "uriTemplate"));
        Assert.Empty(Names(await _bench.Lists.ListPromptsAsync(_bench.Call("prompts/list")), "prompts", "name"));
        _bench.Permit("prompt:*", "resource:bench://items/*");
        Assert.Equal(["bench_paint"], Names(await _bench.Lists.ListPromptsAsync(_bench.Call("prompts/list")), "prompts", "name"));
        Assert.Equal(
            ["bench://items/{id}"], Names(await _bench.Lists.ListResourceTemplatesAsync(_bench.Call("resources/templates/list")), "resourceTemplates", "uriTemplate"));
    }

    [Fact]
    public async Task A_list_shows_what_the_callers_credential_may_use()
    {
        _bench.Configuration.Current = _bench.Configuration.Current.Scoped(("few", ["tool:bench_echo"]));
        var narrow = SessionBench.Alice with { Scopes = new HashSet<string> { "few" } };
        Assert.Equal(["bench_echo"], Names(await _bench.Lists.ListToolsAsync(_bench.Call("tools/list", caller: narrow)), "tools", "name"));
    }

    [Fact]
    public async Task A_tool_that_a_policy_hides_is_not_listed_and_the_list_is_nobody_elses()
    {
        _principal.Configuration.Current = _principal.Configuration.Current with { Policies = Judging.SetOf("version: 1\nhide: [bench_echo]\n") };
        var listed = await _principal.Lists.ListToolsAsync(_principal.Call("tools/list"));
        Assert.DoesNotContain("bench_echo", Names(listed, "tools", "name"));
        Assert.Equal("private", (string?)listed.Json()["result"]!["cacheScope"]);
        Assert.False(_principal.Policy.TryRelist());
        _principal.Configuration.Current = _principal.Configuration.Current with { Policies = PolicySet.None };
        Assert.True(_principal.Policy.TryRelist());
    }

    [Fact]
    public async Task A_client_of_2026_07_28_is_shown_the_tools_that_work_on_handles()
    {
        Assert.Superset(new HashSet<string?> { "session_open", "session_close" }, (await ToolsAsync(_principal)).ToHashSet());
        Assert.DoesNotContain("session_open", await ToolsAsync(_bench));
        Assert.Contains("session", await ArgumentAsync(_principal));
        Assert.DoesNotContain("session", await ArgumentAsync(_bench));
        _principal.Permit("tool:session_open");
        Assert.Equal(["session_open"], await ToolsAsync(_principal));

        static async Task<IEnumerable<string>> ArgumentAsync(SessionBench bench) => (await bench.Lists.ListToolsAsync(bench.Call("tools/list"))).Json()["result"]!["tools"]!.AsArray()
            .Single(tool => (string?)tool!["name"] == "bench_fail")!["inputSchema"]!["properties"]!.AsObject().Select(one => one.Key);
    }

    [Fact]
    public async Task A_long_list_comes_in_pages_that_show_each_tool_once()
    {
        for (var number = 0; number < 450; number++)
        {
            _bench.Catalogue.Options.ToolCollection!.Add(McpServerTool.Create(static () => "", new McpServerToolCreateOptions { Name = $"more_{number}" }));
        }

        List<string?> names = [];
        string? cursor = null;
        var pages = 0;
        do
        {
            var page = await _bench.Lists.ListToolsAsync(_bench.Call("tools/list", cursor is null ? null : new { cursor }));
            names.AddRange(Names(page, "tools", "name"));
            cursor = (string?)page.Json()["result"]!["nextCursor"];
            pages++;
        }
        while (cursor is not null);
        Assert.Equal((456, 456, 3), (names.Count, names.Distinct(StringComparer.Ordinal).Count(), pages));
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [InlineData("not a cursor")]
    [InlineData(7)]
    public async Task A_cursor_that_no_list_gave_is_refused(object cursor)
    {
        await Assert.ThrowsAsync<McpProtocolException>(async () => await _bench.Lists.ListToolsAsync(_bench.Call("tools/list", new { cursor })));
    }

    [Fact]
    public void The_discovery_names_the_revisions_without_sessions()
    {
        var found = _principal.Lists.Discover(_principal.Call("server/discover")).Json()["result"]!;
        Assert.Equal([ProtocolVersions.July2026], found["supportedVersions"]!.AsArray().Select(version => (string?)version));
    }

    private static async Task<List<string?>> ToolsAsync(SessionBench bench) => Names(await bench.Lists.ListToolsAsync(bench.Call("tools/list")), "tools", "name");

    private static List<string?> Names(byte[] answer, string list, string name) =>
        [.. answer.Json()["result"]![list]!.AsArray().Select(one => (string?)one![name])];
}
