using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>An end that is one commit: what comes before it, and what does not.</summary>
public sealed class CommittedEndTests : IAsyncLifetime
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    private ClusterEngine _engine = null!;
    private EngineClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = (ClusterEngine)await ClusterEngine.StartLocalAsync(TestConfiguration.With());
        _client = await ((IEngine)_engine).OpenAsync(s_alice);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Before_the_commit_calls_are_cancelled_and_secrets_zeroed_and_nothing_is_said()
    {
        var actor = Assert.Single(_engine.Cluster.Actors);
        ((ISessionSecrets)actor.Vault).Put("token", "a secret"u8);
        var vault = actor.Vault.Open().Vault;
        var running = _client.CallAsync("test_gate", new { gate = "ended" });
        await _engine.Gates["ended"].Entered;
        var stored = new TaskCompletionSource();
        _engine.World.Storage.Held = stored.Task;

        var ending = _client.EndAsync();
        await Eventually.Holds(() => _engine.World.Storage.IsHolding, "the commit was under way");

        await _engine.Gates["ended"].Cancelled;
        Assert.NotNull((await running).Json["error"]);
        Assert.False(vault.Has("token"));
        Assert.False(ending.IsCompleted);
        Assert.False(await _client.IsFoundAsync());
        Assert.Empty(_engine.Audit);
        Assert.Equal(0, _engine.Signals[SignalName.SessionEnded]);

        stored.SetResult();
        var receipt = await ending;
        Assert.NotNull(receipt);
        Assert.Equal((1, 1), (receipt.CallsCancelled, receipt.SecretsCleared));
        Assert.Equal("reason Closed, 1 calls cancelled, 1 secrets cleared, 0 servers closed", Assert.Single(_engine.Audit).What);
    }

    [Fact]
    public async Task An_end_that_is_not_stored_leaves_no_secrets_and_no_actor()
    {
        var actor = Assert.Single(_engine.Cluster.Actors);
        ((ISessionSecrets)actor.Vault).Put("token", "a secret"u8);
        var vault = actor.Vault.Open().Vault;
        _engine.StoreFails = true;
        await Assert.ThrowsAsync<IOException>(_client.EndAsync);
        Assert.False(vault.Has("token"));

        // Not that there is no such session: there is, and its next activation says so.
        await Assert.ThrowsAsync<SessionPassivatedException>(() => actor.EndAsync(s_alice, CancellationToken.None));
        await Eventually.Holds(() => !_engine.Cluster.Actors.Contains(actor), "the actor left");
    }

    [Fact]
    public async Task An_end_whose_answer_was_lost_has_happened_and_is_told_once()
    {
        _engine.World.Storage.LosesAnswers = true;
        Assert.NotNull(await _client.EndAsync());
        Assert.Equal(_client.Key.Value, Assert.Single(_engine.Audit).Session);
        Assert.Equal(1, _engine.Signals[SignalName.SessionEnded]);
    }

    [Fact]
    public async Task An_end_after_a_write_that_was_never_confirmed_deletes_whatever_stands()
    {
        _engine.World.Storage.GoesDownAfterWrite = true;
        Assert.True((await _client.CallAsync("engine_increment", new { by = 1 })).Failed);
        (_engine.World.Storage.GoesDownAfterWrite, _engine.World.Storage.IsDown) = (false, false);
        Assert.NotNull(await _client.EndAsync());
        Assert.False(await ((IEngine)_engine).HasRecordAsync(_client.Key));
        Assert.Single(_engine.Audit);
    }
}
