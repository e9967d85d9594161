using System.Collections.Concurrent;

namespace OrleansMcp.Upstream.Connections;

/// <summary>
/// Which servers turned out to be of the era with sessions, so that not every session asks them for the other one first. Servers are those of the
/// configuration, so there are not too many. Forgotten after a while: a server may be replaced by a newer one.
/// </summary>
internal sealed class EraMemory(TimeProvider time)
{
    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _withSessions = new(StringComparer.Ordinal);

    public bool HasSessions(Uri url) => _withSessions.TryGetValue(url.AbsoluteUri, out var since) && time.GetUtcNow() - since < s_kept;

    public void Remember(Uri url) => _withSessions.TryAdd(url.AbsoluteUri, time.GetUtcNow());

    public void Forget(Uri url) => _withSessions.TryRemove(url.AbsoluteUri, out _);
}
