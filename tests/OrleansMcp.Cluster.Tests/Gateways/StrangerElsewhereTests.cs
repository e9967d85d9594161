using System.Net;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Isolation;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>A stranger with a valid key, at the gateway that the victim does not use.</summary>
public sealed class StrangerElsewhereTests
{
    [Theory]
    [InlineData(TestConfiguration.Bob, "cross_session_attempt")]
    [InlineData(TestConfiguration.Carol, "cross_tenant_attempt")]
    public async Task A_stranger_finds_nothing_at_either_gateway_and_the_victim_notices_nothing(string stranger, string signal)
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = await GatewayPair.OpenAsync(server);
        using var owner = a;
        using var target = b;
        await owner.IncrementAsync();
        await owner.SubscribeAsync("test://owned");
        (await owner.PutSecretAsync("owned", [7])).Expect(HttpStatusCode.Created);

        // Everything that a session can be in the middle of, through the first gateway.
        using var asking = await owner.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await asking.Events.UntilMethodAsync("elicitation/create");
        using var running = await owner.PostForStreamAsync(
            Rpc.Call("running", "test_progress", new { gate = "running", steps = 1 }, progressToken: 1));
        var progress = await running.Events.UntilMethodAsync("notifications/progress");
        using var listening = await owner.ListenAsync();

        var attempts = 0;
        foreach (var through in new[] { target, owner })
        {
            using var probe = new StrangerProbe(through, stranger) { LastEventId = progress.Id!, InputId = asked.Json["id"]!.ToJsonString() };
            await probe.TryEverythingAsync();
            using var thief = through.As(stranger);
            (await thief.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "running" }))).Expect(HttpStatusCode.NotFound);
            attempts += probe.Attempts + 1;
        }

        Assert.False(server.Gates["running"].WasCancelled);
        server.Gates["running"].Open();
        Assert.Equal("through", await running.TextAsync());
        (await target.AnswerAsync(asked, new { action = "accept", content = new { colour = "mine" } })).Expect(HttpStatusCode.Accepted);
        Assert.Equal("acme/alice accept mine", await asking.TextAsync());
        await target.CallTextAsync("test_touch", new { uri = "test://strange" });
        await target.CallTextAsync("test_touch", new { uri = "test://owned" });
        Assert.Equal("test://owned", (string)(await listening.Events.NextMessageAsync()).Json["params"]!["uri"]!);
        Assert.Equal("yes", await target.CallTextAsync("test_secret_has", new { name = "owned" }));
        Assert.Equal(2, await target.IncrementAsync());
        await Eventually.Holds(() => server.Signals[signal] >= attempts, $"{attempts} times {signal}");
        Assert.Equal(attempts, server.Signals[signal]);
    }

    [Theory]
    [InlineData(TestConfiguration.Bob)]
    [InlineData(TestConfiguration.Carol)]
    public async Task The_owners_handle_and_state_are_worth_nothing_at_the_other_gateway(string stranger)
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = GatewayPair.Modern(server);
        using var owner = a;
        using var ownerElsewhere = b;
        using var thief = new ModernClient(server.Urls[1], stranger);
        var handle = await owner.OpenHandleAsync();
        await owner.IncrementAsync(handle);
        foreach (var tool in new[] { "increment", "whoami", "session_close" })
        {
            var foreign = await thief.CallAsync(tool, new { session = handle }, id: "same");
            var unknown = await thief.CallAsync(tool, new { session = StrangerProbe.NeverIssued }, id: "same");
            Assert.True(foreign.ToolFailed, foreign.Text);
            Assert.Equal(unknown.Fingerprint, foreign.Fingerprint);
        }

        var call = Rpc.CallParams("test_elicit");
        var asked = await OrleansMcp.Tests.Http.Sessionless.InputContract.AskAsync(owner, call);
        var stolen = new { action = "accept", content = new { colour = "stolen" } };
        var retried = await thief.RetryAsync(call, asked, stolen, id: "same");
        var madeUp = await thief.RetryAsync(call, asked, stolen, _ => StrangerProbe.NeverIssued, id: "same");
        Assert.Equal(madeUp.Fingerprint, retried.Fingerprint);
        Assert.Equal(0, server.Gates["elicited"].Passed);

        var own = await ownerElsewhere.RetryAsync(call, asked, new { action = "accept", content = new { colour = "mine" } });
        Assert.Equal("acme/alice accept mine", own.ToolText);
        Assert.Equal(2, await ownerElsewhere.IncrementAsync(handle));
    }
}
