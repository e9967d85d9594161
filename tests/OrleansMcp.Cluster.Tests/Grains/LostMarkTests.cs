using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Cutoffs;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>A silo that a mark did not reach when it was sent round.</summary>
public sealed class LostMarkTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    [Fact]
    public async Task Its_sessions_end_with_the_next_expiry_check()
    {
        await using var engine = await ClusterEngine.StartOwnAsync(TestConfiguration.With(), isLocal: false);
        IEngine seen = engine;
        var (alice, bob) = (await seen.OpenAsync(s_alice), await seen.OpenAsync(new Caller("acme", "bob", "bob")));
        engine.World.Grains.LosesMarks = true;
        var receipt = await seen.Tenants(0).Get("acme")
            .CutOffAsync(new CutoffChange(new CutoffScope("alice", null), "olga", Ends: true, IsRefused: false), CancellationToken.None);
        Assert.Equal((0, seen.NodeCount), (receipt.Ended, receipt.Unreached));
        Assert.True(await alice.IsFoundAsync());

        await seen.CheckExpiryAsync();
        Assert.Equal((false, true), (await alice.IsFoundAsync(), await bob.IsFoundAsync()));
    }
}
