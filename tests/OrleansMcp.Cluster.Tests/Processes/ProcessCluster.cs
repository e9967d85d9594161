using System.Security.Cryptography;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>Azurite, silos and gateways, each a process of its own, as small as a production cluster gets.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly string _name = $"c{Guid.NewGuid():n}"[..12];
    private readonly List<ClusterNode> _silos = [];
    private readonly List<ClusterNode> _gateways = [];

    private ProcessCluster(Azurite azurite) => Azurite = azurite;

    public Azurite Azurite { get; }

    public string Name => _name;

    public IReadOnlyList<ClusterNode> Silos => _silos;

    public IReadOnlyList<ClusterNode> Gateways => _gateways;

    public static async Task<ProcessCluster> StartAsync(int silos = 3, int gateways = 2, params string[] more)
    {
        var cluster = new ProcessCluster(await Azurite.StartAsync());
        try
        {
            for (var i = 0; i < silos; i++)
            {
                cluster._silos.Add(ClusterNode.Silo(cluster._name, cluster.Azurite.ConnectionString, cluster._key, more));
            }

            for (var i = 0; i < gateways; i++)
            {
                cluster._gateways.Add(ClusterNode.Gateway(cluster._name, cluster.Azurite.ConnectionString, cluster._key, more));
            }

            await Task.WhenAll(cluster._silos.Select(silo => silo.StartAsync()));
            await Task.WhenAll(cluster._gateways.Select(gateway => gateway.StartAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more gateway of this cluster, not started. Whoever starts it ends it.</summary>
    public ClusterNode NewGateway(params string[] more) => ClusterNode.Gateway(_name, Azurite.ConnectionString, _key, more);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _gateways.Concat(_silos))
        {
            await node.DisposeAsync();
        }

        await Azurite.DisposeAsync();
    }
}
