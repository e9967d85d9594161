using System.Collections.Concurrent;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Embedded.Sessions;

/// <summary>The sessions that are on disk only, and when each falls due: what is left of a session in memory while it sleeps.</summary>
internal sealed class Sleepers(IConfigurationSource configuration)
{
    private readonly ConcurrentDictionary<SessionKey, long> _due = new();

    public int Count => _due.Count;

    public void Add(SessionKey key, DateTimeOffset lastActiveAt, DateTimeOffset expiresAt)
    {
        var idle = lastActiveAt + configuration.Current.Sessions.IdleTimeout;
        _due[key] = (idle < expiresAt ? idle : expiresAt).UtcTicks;
    }

    /// <summary>Takes out the sessions that are due.</summary>
    public IReadOnlyList<SessionKey> TakeDue(DateTimeOffset now)
    {
        var due = _due.Where(pair => pair.Value <= now.UtcTicks).ToList();
        return [.. due.Where(_due.TryRemove).Select(pair => pair.Key)];
    }
}
