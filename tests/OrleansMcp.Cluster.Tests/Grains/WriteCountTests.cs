using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>What a session costs its store from its first message to its end.</summary>
public sealed class WriteCountTests : IAsyncLifetime
{
    private const int Sessions = 20;
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    private ClusterEngine _engine = null!;

    private IEngine Engine => _engine;

    private DurableStorage Storage => _engine.World.Storage;

    public async ValueTask InitializeAsync()
    {
        _engine = (ClusterEngine)await ClusterEngine.StartLocalAsync(TestConfiguration.With());
        await Engine.OpenAsync(s_alice); // The first one reserves the window for those that follow.
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_session_opens_with_one_write_and_ends_with_one()
    {
        var before = Count();
        var clients = await OpenAsync();
        Assert.Equal((Sessions, 0, 0), Since(before));

        before = Count();
        await Task.WhenAll(clients.Select(client => client.ReceiptAsync()));
        Assert.Equal((0, 0, Sessions), Since(before));
    }

    [Fact]
    public async Task A_session_leaves_memory_with_one_write_and_returns_with_one()
    {
        var clients = await OpenAsync();
        await Task.WhenAll(clients.Select(client => client.IsFoundAsync()));
        var before = Count();
        await Engine.SendToSleepAsync();
        Assert.Equal((Sessions + 1, 0, 0), Since(before));

        before = Count();
        await Task.WhenAll(clients.Select(client => client.IsFoundAsync()));
        Assert.Equal((Sessions, 0, 0), Since(before));
    }

    private Task<EngineClient[]> OpenAsync() => Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Engine.OpenAsync(s_alice)));

    private (long Sessions, long Ledgers, long Clears) Count() => (Storage.Writes - Storage.LedgerWrites, Storage.LedgerWrites, Storage.Clears);

    private (long Sessions, long Ledgers, long Clears) Since((long Sessions, long Ledgers, long Clears) before)
    {
        var now = Count();
        return (now.Sessions - before.Sessions, now.Ledgers - before.Ledgers, now.Clears - before.Clears);
    }
}
