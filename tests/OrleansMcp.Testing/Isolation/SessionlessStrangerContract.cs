using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Http.Sessionless;

namespace OrleansMcp.Tests.Isolation;

/// <summary>2026-07-28: handles, request states and the actors of principals in strange hands.</summary>
public abstract class SessionlessStrangerContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly object s_stolen = new { action = "accept", content = new { colour = "stolen" } };

    [Theory]
    [InlineData(TestConfiguration.Bob, "cross_session_attempt")]
    [InlineData(TestConfiguration.Carol, "cross_tenant_attempt")]
    public async Task A_strange_handle_answers_like_an_unknown_one_and_nothing_changes(string stranger, string signal)
    {
        await using var server = await TestServer.StartAsync();
        using var owner = server.Modern();
        using var other = server.Modern(stranger);
        var handle = await owner.OpenHandleAsync();
        await owner.IncrementAsync(handle);
        await TryAsync();
        await server.RestartAsync();
        await TryAsync();
        Assert.Equal(2, await owner.IncrementAsync(handle));
        Assert.Equal(1, await other.IncrementAsync());

        async Task TryAsync()
        {
            foreach (var tool in new[] { "increment", "whoami", "session_close" })
            {
                var foreign = await other.CallAsync(tool, new { session = handle }, id: "same");
                var unknown = await other.CallAsync(tool, new { session = StrangerProbe.NeverIssued }, id: "same");
                Assert.True(foreign.ToolFailed, foreign.Text);
                Assert.Equal(unknown.Fingerprint, foreign.Fingerprint);
            }

            await Eventually.Holds(() => server.Signals[signal] >= 3, $"{signal} was counted");
        }
    }

    [Theory]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task A_stranger_cannot_go_on_with_the_owners_request(string stranger)
    {
        var server = shared.Server.WithNewGates();
        using var owner = server.Modern();
        using var other = server.Modern(stranger);
        var call = Rpc.CallParams("test_elicit");
        var asked = await InputContract.AskAsync(owner, call);

        var foreign = await other.RetryAsync(call, asked, s_stolen, id: "same");
        var unknown = await other.RetryAsync(call, asked, s_stolen, _ => StrangerProbe.NeverIssued, id: "same");
        InputContract.ExpectRefused(foreign);
        Assert.Equal(unknown.Fingerprint, foreign.Fingerprint);
        Assert.Equal(0, server.Gates["elicited"].Passed);

        var own = await owner.RetryAsync(call, asked, new { action = "accept", content = new { colour = "mine" } });
        Assert.Equal("acme/alice accept mine", own.ToolText);
    }

    [Fact]
    public async Task A_request_state_of_one_handle_is_worth_nothing_with_another()
    {
        var server = shared.Server.WithNewGates();
        using var owner = server.Modern();
        var (first, second) = (await owner.OpenHandleAsync(), await owner.OpenHandleAsync());
        var asked = await InputContract.AskAsync(owner, Rpc.CallParams("test_elicit", new { session = first }));
        var reply = await owner.RetryAsync(Rpc.CallParams("test_elicit", new { session = second }), asked, s_stolen);
        InputContract.ExpectRefused(reply);
        Assert.Equal(0, server.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task Principals_have_states_of_their_own()
    {
        await using var server = await TestServer.StartAsync();
        using var alice = server.Modern();
        using var bob = server.Modern(TestConfiguration.Bob);
        using var carol = server.Modern(TestConfiguration.Carol);
        Assert.Equal(1, await alice.IncrementAsync());
        Assert.Equal(2, await alice.IncrementAsync());
        Assert.Equal(1, await bob.IncrementAsync());
        Assert.Equal(1, await carol.IncrementAsync());
        Assert.Equal(3, await alice.IncrementAsync());
        var who = DemoTools.WhoAmI(await carol.CallTextAsync("whoami"));
        Assert.Equal(("globex", "carol"), (who.Tenant, who.Client));
    }

    [Theory]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task A_strangers_updates_do_not_reach_the_owners_listener(string stranger)
    {
        var server = shared.Server.WithNewGates();
        using var owner = server.Modern();
        using var other = server.Modern(stranger);
        using var open = await owner.OpenAsync("subscriptions/listen", new()
        {
            ["notifications"] = new System.Text.Json.Nodes.JsonObject
            {
                ["resourceSubscriptions"] = new System.Text.Json.Nodes.JsonArray("test://owned", "test://fence"),
            },
        });
        await open.Events.UntilMethodAsync("notifications/subscriptions/acknowledged");
        await other.CallTextAsync("test_touch", new { uri = "test://owned" });
        await owner.CallTextAsync("test_touch", new { uri = "test://fence" });
        Assert.Equal("test://fence", (string)(await open.Events.NextMessageAsync()).Json["params"]!["uri"]!);
    }
}
