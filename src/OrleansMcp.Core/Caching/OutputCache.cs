using OrleansMcp.Configuration;

namespace OrleansMcp.Caching;

/// <summary>
/// The results that one tenant keeps, in memory only. When it is full, the client that fills it most gives way: what goes is the least recently
/// used of the one with most bytes, or with most entries, so that a flood of one client's results evicts that client's own.
/// </summary>
internal sealed class OutputCache(IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>What an entry takes beside its result, bytes, roughly.</summary>
    internal const int Overhead = 512;

    private static readonly TimeSpan s_sweepEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Share> _shares = new(StringComparer.Ordinal); // by client
    private ServerConfiguration _under = configuration.Current;
    private DateTimeOffset _sweepAt;
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public CachedOutput? Find(CacheKey key)
    {
        lock (_gate)
        {
            Follow();
            if (!_entries.TryGetValue(key.Digest, out var node))
            {
                return null;
            }

            var (entry, now) = (node.Value, time.GetUtcNow());
            if (entry.ExpiresAt <= now)
            {
                Remove(node);
                return null;
            }

            entry.Share.Entries.Remove(node);
            entry.Share.Entries.AddFirst(node);
            return new CachedOutput(entry.Result, now - entry.KeptAt);
        }
    }

    /// <summary>Caches a result, or replaces the cached one, unless it is too large.</summary>
    public void Keep(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive)
    {
        lock (_gate)
        {
            var limits = Follow();
            if (_entries.TryGetValue(key.Digest, out var former))
            {
                Remove(former);
            }

            if (timeToLive <= TimeSpan.Zero || result.Length > limits.MaxEntryBytes || result.Length + Overhead > limits.MaxBytes)
            {
                return;
            }

            var now = time.GetUtcNow();
            Sweep(now);
            Add(new Entry(key.Digest, ShareOf(key.Client), result, now, now + timeToLive));
            while (_entries.Count > limits.MaxEntries)
            {
                Remove(_shares.Values.MaxBy(share => share.Entries.Count)!.Entries.Last!);
            }

            while (_bytes > limits.MaxBytes)
            {
                Remove(_shares.Values.MaxBy(share => share.Bytes)!.Entries.Last!);
            }
        }
    }

    /// <summary>Drops the results of a client's calls, also those that are shared with other clients.</summary>
    public void Drop(string client)
    {
        lock (_gate)
        {
            while (_shares.GetValueOrDefault(client)?.Entries.First is { } node)
            {
                Remove(node);
            }
        }
    }

    /// <summary>
    /// The current limits. Clears the cache when the configuration has changed, because the new one may permit less to some client, or
    /// configure a tool differently. Checked with every access and not by an event, so that no stale result is returned in between.
    /// </summary>
    private CacheConfiguration Follow()
    {
        var current = configuration.Current;
        if (!ReferenceEquals(current, _under))
        {
            _under = current;
            _entries.Clear();
            _shares.Clear();
            _bytes = 0;
        }

        return current.Cache;
    }

    private Share ShareOf(string client)
    {
        if (!_shares.TryGetValue(client, out var share))
        {
            _shares.Add(client, share = new Share(client));
        }

        return share;
    }

    private void Sweep(DateTimeOffset now)
    {
        if (now < _sweepAt)
        {
            return;
        }

        _sweepAt = now + s_sweepEvery;
        foreach (var node in _entries.Values.Where(node => node.Value.ExpiresAt <= now).ToList())
        {
            Remove(node);
        }
    }

    private void Add(Entry entry)
    {
        _entries.Add(entry.Digest, entry.Share.Entries.AddFirst(entry));
        entry.Share.Bytes += entry.Cost;
        _bytes += entry.Cost;
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        var entry = node.Value;
        _entries.Remove(entry.Digest);
        entry.Share.Entries.Remove(node);
        entry.Share.Bytes -= entry.Cost;
        _bytes -= entry.Cost;
        if (entry.Share.Entries.Count == 0)
        {
            _shares.Remove(entry.Share.Client);
        }
    }

    /// <summary>What one client's calls brought, the most recently used first.</summary>
    private sealed class Share(string client)
    {
        public string Client => client;

        public LinkedList<Entry> Entries { get; } = new();

        public long Bytes { get; set; }
    }

    private sealed record Entry(string Digest, Share Share, ReadOnlyMemory<byte> Result, DateTimeOffset KeptAt, DateTimeOffset ExpiresAt)
    {
        public int Cost => Result.Length + Overhead;
    }
}
