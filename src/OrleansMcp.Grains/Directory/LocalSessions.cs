using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Finds sessions whose activation lives in this process.</summary>
internal sealed class LocalSessions(Activations activations, LocalWay way)
{
    /// <summary>The session, or null when it must be reached through its grain.</summary>
    /// <remarks>One that has ended stands here until its activation has left; its grain knows what comes after it, as for a principal another life.</remarks>
    public Session? Find(SessionKey key) =>
        activations.Find(key) is { Session.Exists: true } activation && way.IsOpenTo(activation) ? activation.Session : null;
}
