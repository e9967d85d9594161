using OrleansMcp.Caching;

namespace OrleansMcp.Grains.Tenants;

internal partial interface ITenantGrain
{
    /// <summary>Finds a cached result.</summary>
    [Alias("findoutput")]
    Task<CachedOutput?> FindOutputAsync(CacheKey key);

    /// <summary>Caches a result.</summary>
    [Alias("keepoutput")]
    Task KeepOutputAsync(CacheKey key, byte[] result, TimeSpan timeToLive);

    /// <summary>Drops the results of a client's calls.</summary>
    [Alias("dropoutputs")]
    Task DropOutputsAsync(string client);
}
