using System.Collections.Concurrent;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>The session actors of this silo, for metrics and readiness. Nobody reaches a session through it.</summary>
internal sealed class Activations(SessionHost host)
{
    private readonly ConcurrentDictionary<SessionKey, Session> _live = new();

    /// <summary>When this silo began, UTC.</summary>
    public DateTimeOffset StartedAt { get; } = host.Time.GetUtcNow();

    public int Count => _live.Count;

    public IEnumerable<Session> All => _live.Select(pair => pair.Value);

    public void Add(Session session) => _live[session.Key] = session;

    public void Remove(Session session) => _live.TryRemove(KeyValuePair.Create(session.Key, session));
}
