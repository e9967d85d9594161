namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>Three silos, two gateways and tables of their own for the tests of a class, each of which finds all of them at work.</summary>
public sealed class HurtCluster : IAsyncLifetime
{
    private const int Silos = 3;
    private const int Gateways = 2;

    private ProcessCluster? _cluster;

    internal Azurite Azurite { get; private set; } = null!; // until it has started

    public async ValueTask InitializeAsync()
    {
        Azurite = await Azurite.StartAsync();
        _cluster = await ProcessCluster.StartAsync(Azurite.ConnectionString, Silos, Gateways);
    }

    /// <summary>Mends what the last test broke, whether it passed or not.</summary>
    internal async Task<ProcessCluster> MendedAsync()
    {
        Azurite.Thaw();
        foreach (var silo in _cluster!.Silos)
        {
            if (!silo.Process.HasExited)
            {
                silo.Process.Signal("CONT");
            }
            else
            {
                await silo.StartAgainAsync();
            }
        }

        return _cluster;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (Azurite is not null)
        {
            await Azurite.DisposeAsync();
        }
    }
}
