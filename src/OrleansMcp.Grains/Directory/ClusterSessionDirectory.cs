using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Directory;

/// <summary>Finds sessions in this process and in the cluster.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="catalogue">Says which tools may be called again.</param>
/// <param name="ids">Seals the tokens of callers.</param>
/// <param name="local">The activations in this process; null in a client of the cluster, which has none.</param>
/// <param name="drain">Cancels the calls that this process waits for when it stops.</param>
internal sealed class ClusterSessionDirectory(
    IGrainFactory grains, Catalogue catalogue, SessionIdIssuer ids, LocalSessions? local = null, IDrain? drain = null) : ISessionDirectory
{
    private readonly Outbox _outbox = new();
    private readonly GrainReferences<ISessionGrain> _references = new(grains);

    public ISession Get(SessionKey key) =>
        local?.Find(key) is { } session ? new LocalSession(key, session, this, catalogue, _outbox) : GetRemote(key);

    /// <summary>A reference to the session's grain on any silo.</summary>
    public ClusterSession GetRemote(SessionKey key) => new(key, _references.Get(key.Value), catalogue, _outbox, ids, drain?.Calls ?? CancellationToken.None);
}
