using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Finds sessions whose activation is in this process.</summary>
internal sealed class LocalSessions(Activations activations, LocalWay way)
{
    /// <summary>The session; null when it must be called through its grain.</summary>
    /// <remarks>
    /// An ended session is skipped, although it is listed until its activation is deactivated: the grain may begin a new one, as for a
    /// principal.
    /// </remarks>
    public Session? Find(SessionKey key) =>
        activations.Find(key) is { Session.Exists: true } activation && way.IsOpenTo(activation) ? activation.Session : null;
}
