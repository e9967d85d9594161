using OrleansMcp.Caching;

namespace OrleansMcp.Grains.Tenants;

internal partial interface ITenantGrain
{
    /// <summary>What is kept under a key.</summary>
    [Alias("findoutput")]
    Task<CachedOutput?> FindOutputAsync(CacheKey key);

    /// <summary>Keeps a result.</summary>
    [Alias("keepoutput")]
    Task KeepOutputAsync(CacheKey key, byte[] result, TimeSpan timeToLive);

    /// <summary>Drops what a client's calls brought.</summary>
    [Alias("dropoutputs")]
    Task DropOutputsAsync(string client);
}
