using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Tests.Sessions;
using OrleansMcp.Tests.Upstreams;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Authorization.Policies;

public sealed class SessionPolicyTests
{
    private const string Hidden = "version: 1\nhide: [bench_echo]\n";
    private const string Limited = "version: 1\ntools: { bench_echo: { rules: [{ name: few, rate_limit: 1/day }] } }\n";
    private readonly SessionBench _bench = new();

    [Fact]
    public void Without_a_policy_there_is_nothing_to_judge_by()
    {
        Assert.Null(_bench.Policy.Current);
        Assert.Null(_bench.Policy.List());
    }

    [Fact]
    public void The_policy_is_that_of_the_configuration_in_force_and_is_worked_out_once()
    {
        Use(Hidden);
        var current = _bench.Policy.Current!;
        Assert.False(current.Shows(new PolicyTool("bench_echo")));
        Assert.Same(current, _bench.Policy.Current);
        Use(Limited);
        Assert.True(_bench.Policy.Current!.Shows(new PolicyTool("bench_echo")));
        _bench.Configuration.Current = _bench.Configuration.Current with { Policies = PolicySet.None };
        Assert.Null(_bench.Policy.Current);
    }

    [Fact]
    public void A_policy_covers_the_sessions_owner_or_does_not()
    {
        Use("version: 1\nclients: [bob]\nhide: [bench_echo]\n");
        Assert.True(_bench.Policy.Current!.Shows(new PolicyTool("bench_echo")));
        Use("version: 1\ntenants: [acme]\nclients: [alice]\nhide: [bench_echo]\n");
        Assert.False(_bench.Policy.Current!.Shows(new PolicyTool("bench_echo")));
    }

    [Fact]
    public void Who_was_shown_no_list_is_told_of_no_other()
    {
        Use(Hidden);
        Assert.False(_bench.Policy.TryRelist());
    }

    [Fact]
    public void A_list_that_shows_other_tools_is_told_once()
    {
        _bench.Policy.List();
        Use(Hidden);
        Assert.True(_bench.Policy.TryRelist());
        Assert.False(_bench.Policy.TryRelist());
        Use("version: 1\nhide: [unknown]\n");
        Assert.True(_bench.Policy.TryRelist());
    }

    [Fact]
    public void A_policy_that_shows_the_same_tools_is_not_told()
    {
        _bench.Policy.List();
        Use(Limited);
        Assert.False(_bench.Policy.TryRelist());
        Use("version: 1\nhide: [unknown]\n");
        Assert.False(_bench.Policy.TryRelist());
    }

    [Theory]
    [InlineData("hide: [search]", true)]
    [InlineData("servers: [github]\nhide: [search]", false)]
    [InlineData("servers: [crm]\nhide: [search]", true)]
    [InlineData("hide: [github__search]", false)]
    public void Only_a_policy_that_names_servers_may_call_a_tool_as_its_server_does(string rules, bool isShown)
    {
        Use($"version: 1\n{rules}\n");
        _bench.Configuration.Current = UpstreamWorld.Configure(_bench.Configuration.Current, ("github", new("https://mcp.example.com/mcp")), ("crm", new("https://crm.example.com/mcp")));
        Assert.Equal(isShown, _bench.Policy.Shows(EntryOf("github", "search")));
        Assert.True(_bench.Policy.Shows(EntryOf("github", "find")));
    }

    private static ToolEntry EntryOf(string server, string tool) =>
        new(new UpstreamTool(server, new Tool { Name = tool }, new Tool { Name = UpstreamNames.Of(server, tool) }, digest: ""));

    private void Use(string yaml) => _bench.Configuration.Current = _bench.Configuration.Current with { Policies = Judging.SetOf(yaml) };
}
