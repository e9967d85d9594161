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

    public static Task<ProcessCluster> StartAsync(int silos = 3, int gateways = 2, params string[] more) => StartAsync(cluster =>
    {
        for (var i = 0; i < silos; i++)
        {
            cluster._silos.Add(ClusterNode.Silo(cluster._name, cluster.Azurite.ConnectionString, cluster._key, more));
        }

        for (var i = 0; i < gateways; i++)
        {
            cluster._gateways.Add(ClusterNode.Gateway(cluster._name, cluster.Azurite.ConnectionString, cluster._key, more));
        }
    });

    /// <summary>Processes each of which serves HTTP and holds sessions: they are silos and gateways at once.</summary>
    public static Task<ProcessCluster> StartMembersAsync(int members, params string[] more) => StartAsync(cluster =>
    {
        for (var i = 0; i < members; i++)
        {
            cluster._silos.Add(ClusterNode.All(cluster._name, cluster.Azurite.ConnectionString, cluster._key, more));
        }

        cluster._gateways.AddRange(cluster._silos);
    });

    private static async Task<ProcessCluster> StartAsync(Action<ProcessCluster> fill)
    {
        var cluster = new ProcessCluster(await Azurite.StartAsync());
        try
        {
            fill(cluster);
            await Task.WhenAll(cluster._silos.Select(silo => silo.StartAsync()));
            await Task.WhenAll(cluster._gateways.Except(cluster._silos).Select(gateway => gateway.StartAsync()));
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
        foreach (var node in _gateways.Union(_silos))
        {
            await node.DisposeAsync();
        }

        await Azurite.DisposeAsync();
    }
}
