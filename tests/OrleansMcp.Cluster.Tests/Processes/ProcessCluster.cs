using System.Security.Cryptography;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>Silos and gateways, each a process of its own, as small as a production cluster gets.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly string _name = $"c{Guid.NewGuid():n}"[..12];
    private readonly List<ClusterNode> _silos = [];
    private readonly List<ClusterNode> _gateways = [];

    private readonly string _tables;

    private ProcessCluster(string tables) => _tables = tables;

    public string Name => _name;

    public IReadOnlyList<ClusterNode> Silos => _silos;

    public IReadOnlyList<ClusterNode> Gateways => _gateways;

    public static async Task<ProcessCluster> StartAsync(int silos, int gateways, params string[] more) =>
        await StartAsync(await Azurite.NewAccountAsync(), silos, gateways, more);

    /// <param name="tables">The tables, which the test may hurt.</param>
    /// <param name="silos">How many silos.</param>
    /// <param name="gateways">How many gateways.</param>
    /// <param name="more">What each process is told besides.</param>
    public static Task<ProcessCluster> StartAsync(string tables, int silos, int gateways, params string[] more) => StartAsync(tables, cluster =>
    {
        for (var i = 0; i < silos; i++)
        {
            cluster._silos.Add(ClusterNode.Silo(cluster._name, tables, cluster._key, more));
        }

        for (var i = 0; i < gateways; i++)
        {
            cluster._gateways.Add(ClusterNode.Gateway(cluster._name, tables, cluster._key, more));
        }
    });

    /// <summary>Processes each of which serves HTTP and holds sessions: they are silos and gateways at once.</summary>
    public static Task<ProcessCluster> StartMembersAsync(string tables, int members, params string[] more) => StartAsync(tables, cluster =>
    {
        for (var i = 0; i < members; i++)
        {
            cluster._silos.Add(ClusterNode.All(cluster._name, tables, cluster._key, more));
        }

        cluster._gateways.AddRange(cluster._silos);
    });

    private static async Task<ProcessCluster> StartAsync(string tables, Action<ProcessCluster> fill)
    {
        var cluster = new ProcessCluster(tables);
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
    public ClusterNode NewGateway(params string[] more) => ClusterNode.Gateway(_name, _tables, _key, more);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _gateways.Union(_silos))
        {
            await node.DisposeAsync();
        }
    }
}
