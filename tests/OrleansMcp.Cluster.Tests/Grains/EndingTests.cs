using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>Ends that take longer than a call may.</summary>
public sealed class EndingTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    [Fact]
    public async Task An_end_that_takes_long_is_asked_after_and_its_receipt_reaches_whoever_asks()
    {
        await using var engine = await ClusterEngine.StartClusterAsync(TestConfiguration.With());
        var client = await ((IEngine)engine).OpenAsync(s_alice);
        var stored = new TaskCompletionSource();
        engine.World.Storage.Held = stored.Task;
        var grain = engine.Cluster.Client.GetGrain<ISessionGrain>(client.Key.Value);
        Assert.Equal(CallFailure.Pending, (await grain.EndAsync(new EndCall(s_alice))).Failure);
        var again = grain.EndAsync(new EndCall(s_alice));

        // Who it was that ended stays a secret also while it lasts.
        Assert.Equal(new EndResult(null), await grain.EndAsync(new EndCall(new Caller("acme", "bob", "bob"))));
        Assert.Equal(CallFailure.Pending, (await again).Failure);

        // So many ask that one of them waits when it ends: whoever asks after that may find another activation, which knows of no session.
        List<Task<EndResult>> attempts = [grain.EndAsync(new EndCall(s_alice))];
        Assert.Equal(new EndResult(null), await grain.EndAsync(new EndCall(new Caller("acme", "bob", "bob"))));
        stored.SetResult();
        await Eventually.Holds(
            () =>
            {
                attempts.Add(grain.EndAsync(new EndCall(s_alice)));
                return attempts.Exists(attempt => attempt is { IsCompletedSuccessfully: true, Result.Receipt: not null });
            },
            "somebody got the receipt");
        await Task.WhenAll(attempts);
    }

    /// <summary>The row is removed first: a place that was given back while its row stands would be taken again by the tenant's next activation.</summary>
    [Fact]
    public async Task A_session_that_ended_while_the_registry_did_not_answer_has_ended_and_its_place_comes_back_with_the_registry()
    {
        var quotas = new QuotaConfiguration { Sessions = 1, SessionsPerMinute = 1_000 };
        await using var engine = await ClusterEngine.StartClusterAsync(TestConfiguration.With(quotas: quotas));
        var client = await ((IEngine)engine).OpenAsync(s_alice);
        engine.World.Registry.KeepsAll = true;
        Assert.NotNull(await client.EndAsync());
        Assert.False(await client.IsFoundAsync());
        await engine.CheckExpiryAsync();
        Assert.False(await OpensAsync(engine));
        Assert.Equal([client.Key], engine.World.Registry.Keys);

        engine.World.Registry.KeepsAll = false;
        await engine.CheckExpiryAsync();
        Assert.Empty(engine.World.Registry.Keys);
        Assert.True(await OpensAsync(engine));
    }

    private static async Task<bool> OpensAsync(IEngine engine) => (await engine.Unopened(s_alice).InitializeAsync()).Status == 200;
}
