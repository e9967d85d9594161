using OrleansMcp.Caching;
using OrleansMcp.Grains.Wire;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The kept results. Not asked for again when the way there fails: then the call runs.</summary>
internal sealed partial class ClusterTenant
{
    public async ValueTask<CachedOutput?> FindOutputAsync(CacheKey key, CancellationToken cancellationToken) => await grain.FindOutputAsync(key);

    public async ValueTask KeepOutputAsync(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        await grain.KeepOutputAsync(key, Bytes.Of(result) ?? [], timeToLive);

    public async ValueTask DropOutputsAsync(string client, CancellationToken cancellationToken) => await grain.DropOutputsAsync(client);
}
