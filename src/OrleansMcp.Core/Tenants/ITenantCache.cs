using OrleansMcp.Caching;

namespace OrleansMcp.Tenants;

/// <summary>
/// The cached tool results of one tenant, in the memory of its actor and lost with it. A key of another tenant is refused and raises
/// <c>cross_tenant_attempt</c>: no session makes such a key.
/// </summary>
public interface ITenantCache
{
    /// <summary>Returns the result under a key, or null.</summary>
    ValueTask<CachedOutput?> FindOutputAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Caches a result for <paramref name="timeToLive"/>, or until it is evicted for lack of room.</summary>
    ValueTask KeepOutputAsync(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Removes the results of a client's calls.</summary>
    ValueTask DropOutputsAsync(string client, CancellationToken cancellationToken);
}
