using System.Collections.Concurrent;
using OrleansMcp.Configuration;

namespace OrleansMcp.Sessions;

/// <summary>
/// The sessions in memory, so that a new configuration revokes calls that run. Passivated sessions apply it when they are activated.
/// </summary>
internal sealed class LiveSessions
{
    private readonly ConcurrentDictionary<Revocation, byte> _live = new();

    public LiveSessions(IConfigurationSource configuration) => configuration.Changed += Tell;

    public void Enter(Revocation session) => _live.TryAdd(session, 0);

    public void Leave(Revocation session) => _live.TryRemove(session, out _);

    private void Tell()
    {
        foreach (var (session, _) in _live)
        {
            session.Reconsider();
        }
    }
}
