using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>Sessions that a tenant looks after while they come and go.</summary>
public sealed class ExpiryTests : IAsyncLifetime
{
    private ClusterEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = (ClusterEngine)await ClusterEngine.StartLocalAsync(TestConfiguration.With());

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_session_on_its_way_out_of_memory_is_not_taken_for_one_that_has_ended()
    {
        var client = await ((IEngine)_engine).OpenAsync(new Caller("acme", "alice", "alice"));
        var session = _engine.Cluster.Silos[0].GetRequiredService<Activations>().Find(client.Key)!.Session;
        var stored = new TaskCompletionSource();
        _engine.World.Storage.Held = stored.Task;
        var leaving = session.TryPassivateAsync().AsTask();
        await Eventually.Holds(() => _engine.World.Storage.IsHolding, "the session was on its way");
        Assert.NotNull(await _engine.Cluster.Client.GetGrain<ISessionGrain>(client.Key.Value).CheckExpiryAsync());
        stored.SetResult();
        Assert.True(await leaving);
    }
}
