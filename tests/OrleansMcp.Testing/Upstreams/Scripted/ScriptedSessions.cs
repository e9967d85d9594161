using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace OrleansMcp.Tests.Upstreams.Scripted;

/// <summary>The sessions of a <see cref="ScriptedUpstream"/>.</summary>
internal sealed class ScriptedSessions
{
    private readonly ConcurrentDictionary<string, bool> _open = new(StringComparer.Ordinal);
    private int _opened;

    public int Open => _open.Count;

    public int Opened => Volatile.Read(ref _opened);

    public IReadOnlyList<string> Ids => [.. _open.Keys];

    public bool Has(string id) => _open.ContainsKey(id);

    public string Begin()
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _open[id] = true;
        Interlocked.Increment(ref _opened);
        return id;
    }

    public void End(string id) => _open.TryRemove(id, out _);

    /// <summary>Forgets them all: the next request in any of them gets a 404.</summary>
    public void Clear() => _open.Clear();
}
