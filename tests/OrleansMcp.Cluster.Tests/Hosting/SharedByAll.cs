using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Tests.Cluster;

[assembly: AssemblyFixture(typeof(OrleansMcp.Cluster.Tests.Hosting.SharedByAll))]

namespace OrleansMcp.Cluster.Tests.Hosting;

/// <summary>Stops what served one test after the other, when the last one is over.</summary>
public sealed class SharedByAll : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await ClusterEngine.Pair.StopAsync();
        await ClusterEngine.Sole.StopAsync();
        await SiloPair.Plain.StopAsync();
        await Azurite.StopSharedAsync();
    }
}
