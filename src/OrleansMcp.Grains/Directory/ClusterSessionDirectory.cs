using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Directory;

/// <summary>Finds sessions in the cluster. A reference costs nothing until it is used.</summary>
internal sealed class ClusterSessionDirectory(IGrainFactory grains, Catalogue catalogue, IDeparture? departure = null) : ISessionDirectory
{
    private readonly Outbox _outbox = new();

    public ISession Get(SessionKey key) => new ClusterSession(key, grains.GetGrain<ISessionGrain>(key.Value), catalogue, _outbox, departure?.Calls ?? CancellationToken.None);
}
