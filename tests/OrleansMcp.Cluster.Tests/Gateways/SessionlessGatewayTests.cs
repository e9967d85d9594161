using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Http.Sessionless;
using OrleansMcp.Tests.Isolation;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>2026-07-28: one principal at two gateways. Nothing of it is kept where a request came in.</summary>
public sealed class SessionlessGatewayTests
{
    private static readonly object s_red = new { action = "accept", content = new { colour = "red" } };

    [Fact]
    public async Task The_principal_and_its_handles_are_the_same_through_both()
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = GatewayPair.Modern(server);
        using var first = a;
        using var second = b;
        var (one, other) = (await a.OpenHandleAsync(), await b.OpenHandleAsync());
        for (var count = 1; count <= 6; count++)
        {
            var through = count % 2 == 0 ? a : b;
            Assert.Equal(count, await through.IncrementAsync(one));
            Assert.Equal(count, await through.IncrementAsync());
        }

        Assert.Equal(1, await a.IncrementAsync(other));
    }

    [Fact]
    public async Task A_handle_closed_through_one_is_unknown_through_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = GatewayPair.Modern(server);
        using var first = a;
        using var second = b;
        var handle = await a.OpenHandleAsync();
        await b.IncrementAsync(handle);
        Assert.False((await a.CallAsync("session_close", new { session = handle })).ToolFailed);
        foreach (var tool in new[] { "increment", "session_close" })
        {
            var gone = await b.CallAsync(tool, new { session = handle }, id: "same");
            var unknown = await b.CallAsync(tool, new { session = StrangerProbe.NeverIssued }, id: "same");
            Assert.True(gone.ToolFailed, gone.Text);
            Assert.Equal(unknown.Fingerprint, gone.Fingerprint);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_waits_for_its_user_goes_on_through_the_other_gateway(bool withHandle)
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = GatewayPair.Modern(server);
        using var first = a;
        using var second = b;
        var call = withHandle
            ? Rpc.CallParams("test_elicit_twice", new { session = await b.OpenHandleAsync() })
            : Rpc.CallParams("test_elicit_twice");
        var asked = await InputContract.AskAsync(a, call);
        var again = (await b.RetryAsync(call, asked, s_red)).Result;
        Assert.Equal("input_required", (string)again["resultType"]!);
        Assert.Equal("red and red", (await a.RetryAsync(call, again, s_red)).ToolText);
    }

    [Fact]
    public async Task A_state_used_at_both_gateways_at_once_works_once()
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = GatewayPair.Modern(server);
        using var first = a;
        using var second = b;
        var call = Rpc.CallParams("test_elicit");
        var asked = await InputContract.AskAsync(a, call);
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? a : b).RetryAsync(call, asked, s_red)));
        Assert.Single(replies, reply => reply.Answer["result"] is { } result && (bool?)result["isError"] != true);
        Assert.Equal(1, server.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task A_listener_at_one_gateway_hears_what_is_done_through_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = GatewayPair.Modern(server);
        using var first = a;
        using var second = b;
        using var open = await a.OpenAsync("subscriptions/listen", new JsonObject
        {
            ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray("test://heard") },
        });
        await open.Events.UntilMethodAsync("notifications/subscriptions/acknowledged");
        await b.CallTextAsync("test_touch", new { uri = "test://heard" });
        Assert.Equal("test://heard", (string)(await open.Events.NextMessageAsync()).Json["params"]!["uri"]!);
    }

    [Fact]
    public async Task Closing_a_stream_at_one_gateway_cancels_its_call_and_none_with_the_same_id_at_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = GatewayPair.Modern(server);
        using var first = a;
        using var second = b;
        var (closed, kept) = (server.Gates["closed here"], server.Gates["kept there"]);
        var waiting = b.CallAsync("test_gate", new { gate = "kept there" }, id: 1);
        await kept.Entered;
        using (var open = await a.OpenAsync(
            "tools/call", Rpc.CallParams("test_progress", new { gate = "closed here", steps = 1 }, progressToken: 1), id: 1))
        {
            await open.Events.UntilMethodAsync("notifications/progress");
        }

        await closed.Cancelled;
        Assert.False(kept.WasCancelled);
        kept.Open();
        Assert.Equal("through", (await waiting).ToolText);
    }
}
