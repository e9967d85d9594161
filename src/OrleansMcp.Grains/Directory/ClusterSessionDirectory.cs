using Orleans.Runtime;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Directory;

/// <summary>Finds sessions in the cluster. A reference costs nothing until it is used.</summary>
internal sealed class ClusterSessionDirectory(IGrainFactory grains, Catalogue catalogue, IDeparture? departure = null) : ISessionDirectory
{
    private readonly Outbox _outbox = new();
    private GrainReference? _first;

    public ISession Get(SessionKey key) => new ClusterSession(key, Find(key), catalogue, _outbox, departure?.Calls ?? CancellationToken.None);

    /// <summary>
    /// Asked for a grain by its interface, Orleans reads that interface's attributes by reflection every time, which costs as much as a
    /// sixth of a small call. The names it finds never change, so that any reference knows them for all.
    /// </summary>
    private ISessionGrain Find(SessionKey key)
    {
        var first = _first ??= (GrainReference)grains.GetGrain<ISessionGrain>(key.Value);
        return (ISessionGrain)grains.GetGrain(GrainId.Create(first.GrainId.Type, key.Value), first.InterfaceType);
    }
}
