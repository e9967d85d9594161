using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Directory;

/// <summary>Finds sessions in this process and in the cluster.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="catalogue">Which tools may be called again.</param>
/// <param name="local">The sessions of this process; null where there are none, as in a client of the cluster.</param>
/// <param name="drain">When this process gives up the calls it waits for.</param>
internal sealed class ClusterSessionDirectory(
    IGrainFactory grains, Catalogue catalogue, LocalSessions? local = null, IDrain? drain = null) : ISessionDirectory
{
    private readonly Outbox _outbox = new();
    private readonly GrainReferences<ISessionGrain> _references = new(grains);

    public ISession Get(SessionKey key) =>
        local?.Find(key) is { } session ? new LocalSession(key, session, this, catalogue, _outbox) : GetRemote(key);

    /// <summary>The session by its grain, wherever that is.</summary>
    public ClusterSession GetRemote(SessionKey key) => new(key, _references.Get(key.Value), catalogue, _outbox, drain?.Calls ?? CancellationToken.None);
}
