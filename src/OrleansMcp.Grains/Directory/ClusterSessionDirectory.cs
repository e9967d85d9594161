using Orleans.Runtime;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Directory;

/// <summary>Finds sessions in this process and in the cluster. A reference costs nothing until it is used.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="catalogue">Which tools may be called again.</param>
/// <param name="local">The sessions of this process; null where there are none, as in a client of the cluster.</param>
/// <param name="departure">When this process gives up the calls it waits for.</param>
internal sealed class ClusterSessionDirectory(
    IGrainFactory grains, Catalogue catalogue, LocalSessions? local = null, IDeparture? departure = null) : ISessionDirectory
{
    private readonly Outbox _outbox = new();
    private GrainReference? _first;

    public ISession Get(SessionKey key) =>
        local?.Find(key) is { } session ? new LocalSession(key, session, this, catalogue, _outbox) : GetRemote(key);

    /// <summary>The session by its grain, wherever that is.</summary>
    public ClusterSession GetRemote(SessionKey key) => new(key, Find(key), catalogue, _outbox, departure?.Calls ?? CancellationToken.None);

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
