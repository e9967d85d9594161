using OrleansMcp.Cluster.Tests.Processes;

namespace OrleansMcp.Cluster.Tests.Telemetry;

/// <summary>A gateway and a silo, each a process of its own, that export to a receiver.</summary>
public sealed class ObservedCluster : IAsyncLifetime
{
    private ClusterNode? _silo;
    private ClusterNode? _gateway;

    internal OtlpReceiver Receiver { get; private set; } = null!;

    internal Uri Url => _gateway!.Url;

    public async ValueTask InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        var (tables, key) = (await Azurite.NewAccountAsync(), Convert.ToBase64String(new byte[32]));
        _silo = ClusterNode.Silo("observed", tables, key);
        _gateway = ClusterNode.Gateway("observed", tables, key);
        _silo.Variables = Receiver.VariablesOf("silo");
        _gateway.Variables = Receiver.VariablesOf("gateway");
        await _silo.StartAsync();
        await _gateway.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { _gateway, _silo }.OfType<ClusterNode>())
        {
            await node.DisposeAsync();
        }

        await Receiver.DisposeAsync();
    }
}
