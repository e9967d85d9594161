using OrleansMcp.Caching;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The output cache of the tenant, in this activation's memory only.</summary>
internal sealed partial class TenantGrain
{
    public async Task<CachedOutput?> FindOutputAsync(CacheKey key) => await _tenant.FindOutputAsync(key, CancellationToken.None);

    public async Task KeepOutputAsync(CacheKey key, byte[] result, TimeSpan timeToLive) =>
        await _tenant.KeepOutputAsync(key, result, timeToLive, CancellationToken.None);

    public async Task DropOutputsAsync(string client) => await _tenant.DropOutputsAsync(client, CancellationToken.None);
}
