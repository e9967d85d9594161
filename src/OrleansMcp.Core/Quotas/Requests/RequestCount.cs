using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas.Requests;

/// <summary>The requests that this process has counted in the present minute of a tenant or a client, and its open streams. Thread-safe.</summary>
internal class RequestCount
{
    private MinuteCount _count;
    private long _limit;
    private long _streamLimit;

    public OpenStreams Streams { get; } = new();

    public long Limit => Volatile.Read(ref _limit);

    public long StreamLimit => Volatile.Read(ref _streamLimit);

    /// <summary>Applies quotas; null for who is not registered.</summary>
    public virtual void Apply(QuotaConfiguration? quotas)
    {
        Volatile.Write(ref _limit, quotas?.RequestsPerMinute ?? 0);
        Volatile.Write(ref _streamLimit, quotas?.ConcurrentStreams ?? 0);
    }

    /// <summary>Counts requests, unless the quota is used up.</summary>
    public bool TryAdd(DateTimeOffset now, int requests) => _count.TryAdd(now, requests, Limit);
}
