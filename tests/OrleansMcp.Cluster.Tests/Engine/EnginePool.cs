using System.Collections.Concurrent;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Configuration;

[assembly: AssemblyFixture(typeof(EnginePools))]

namespace OrleansMcp.Cluster.Tests.Engine;

/// <summary>
/// Engines that wait for their next test. Starting silos takes longer than most tests do, so a test takes an engine that another one has
/// left, emptied, and leaves it the same way; there are as many as tests run at a time.
/// </summary>
internal sealed class EnginePool(bool isLocal)
{
    private readonly ConcurrentBag<ClusterEngine> _idle = [];

    public static EnginePool Local { get; } = new(isLocal: true);

    public static EnginePool Cluster { get; } = new(isLocal: false);

    public async Task<ClusterEngine> TakeAsync(ServerConfiguration configuration)
    {
        if (_idle.TryTake(out var engine))
        {
            engine.Configure(configuration);
        }
        else
        {
            engine = await ClusterEngine.StartOwnAsync(configuration, isLocal);
        }

        engine.GiveBack = GiveBackAsync;
        return engine;
    }

    public async Task StopAsync()
    {
        while (_idle.TryTake(out var engine))
        {
            await engine.DisposeAsync();
        }
    }

    /// <summary>One that cannot be emptied is not used again, and it is its last test that fails.</summary>
    private async ValueTask GiveBackAsync(ClusterEngine engine)
    {
        engine.GiveBack = null;
        try
        {
            await engine.ClearAsync();
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }

        _idle.Add(engine);
    }
}

/// <summary>Stops the engines after the last test.</summary>
public sealed class EnginePools : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await EnginePool.Local.StopAsync();
        await EnginePool.Cluster.StopAsync();
    }
}
