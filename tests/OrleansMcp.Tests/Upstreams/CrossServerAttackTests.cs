using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Scripted;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>
/// The cross-server attack: a server that is not trusted answers with an order to call another server's tool, and the agent follows it. The policy that
/// comes with the project (<c>docs/policies</c>) stops it.
/// </summary>
public sealed class CrossServerAttackTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private ScriptedUpstream _evil = null!;
    private StockUpstream _crm = null!;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _evil = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        _evil.On("tools/call", BadAnswers.Instructing("crm__count", []));
        _crm = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        _server = await StartAsync(PolicyFile.Load([Path.Combine(Repository.Root, "docs", "policies", "nothing-that-writes-after-untrusted.yaml")]));
    }

    private Task<TestServer> StartAsync(PolicySet policies)
    {
        var configuration = UpstreamWorld.Configure(TestConfiguration.With(), ("evil", _evil.Url), ("crm", _crm.Url));
        var servers = configuration.Servers.ToDictionary(StringComparer.Ordinal);
        servers["evil"] = servers["evil"] with { Trust = UpstreamTrust.Untrusted };
        return TestServer.StartAsync(new TestServerOptions { Configuration = configuration with { Servers = servers, Policies = policies } });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _evil.DisposeAsync();
        await _crm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_anything_untrusted_nothing_that_writes()
    {
        var agent = await _server.Client().OpenAsync();
        Assert.Equal("1", await agent.CallTextAsync("crm__count")); // It may write before.
        Assert.Contains("crm__count", await agent.CallTextAsync("evil__echo", new { text = "What is new?" }), StringComparison.Ordinal);

        var obeyed = await agent.CallAsync("crm__count");
        Assert.Equal(("policy_denied", "nothing-that-writes-after-untrusted"), (Detail(obeyed, "code"), Detail(obeyed, "rule")));
        Assert.Equal("policy_denied", Detail(await agent.CallAsync("increment", new { by = 1 }), "code"));
        Assert.Equal("read", await agent.CallTextAsync("crm__echo", new { text = "read" })); // Read-only, and its server is trusted.
        Assert.False((await agent.CallAsync("evil__echo", new { text = "more" })).ToolFailed);

        var other = await _server.Client().OpenAsync();
        Assert.Equal("1", await other.CallTextAsync("crm__count")); // Another session has been nowhere.
    }

    [Fact]
    public async Task Where_a_session_has_been_outlives_its_process_and_is_handed_on_to_handles()
    {
        var agent = await _server.Client().OpenAsync();
        using var modern = _server.Modern();
        Assert.False((await agent.CallAsync("evil__echo", new { text = "x" })).ToolFailed);
        Assert.False((await modern.CallAsync("evil__echo", new { text = "x" })).ToolFailed);
        await _server.RestartAsync();
        Assert.Equal("policy_denied", Detail(await agent.CallAsync("crm__count"), "code"));
        Assert.Equal("policy_denied", Detail(await modern.CallAsync("crm__count"), "code"));

    }

    [Fact]
    public async Task A_handle_is_no_way_around_what_its_opener_has_been_told()
    {
        var policy = Path.Combine(_folder.Path, "crm.yaml");
        await File.WriteAllTextAsync(policy, """
            version: "1"
            servers: [crm]
            tools: { count: { rules: [{ name: not after evil, conditions: [{ path: session.servers, op: not_contains, value: evil }] }] } }
            """, TestContext.Current.CancellationToken);
        await using var server = await StartAsync(PolicyFile.Load([policy]));
        using var modern = server.Modern();
        var early = await modern.OpenHandleAsync();
        Assert.False((await modern.CallAsync("evil__echo", new { text = "x" })).ToolFailed);
        var late = await modern.OpenHandleAsync();
        Assert.False((await modern.CallAsync("crm__count", new { orleansmcp_session = early })).ToolFailed);
        Assert.Equal("not after evil", Detail(await modern.CallAsync("crm__count", new { orleansmcp_session = late }), "rule"));
        Assert.Equal("not after evil", Detail(await modern.CallAsync("crm__count"), "rule"));
        Assert.DoesNotContain("orleansmcp_session", string.Concat(_crm.Requests.Kept.Select(static one => one.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_was_sent_counts_also_when_it_fails()
    {
        _evil.On("tools/call", BadAnswers.Status(500));
        var agent = await _server.Client().OpenAsync();
        Assert.True((await agent.CallAsync("evil__echo", new { text = "x" })).ToolFailed);
        Assert.Equal("policy_denied", Detail(await agent.CallAsync("crm__count"), "code"));
    }

    private static string Detail(RawReply reply, string name) => (string?)reply.Result["structuredContent"]?[name] ?? reply.Text;
}
