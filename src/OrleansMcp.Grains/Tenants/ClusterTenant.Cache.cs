using OrleansMcp.Caching;
using OrleansMcp.Grains.Wire;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The output cache. A failed grain call is not repeated: the tool runs instead.</summary>
internal sealed partial class ClusterTenant
{
    public async ValueTask<CachedOutput?> FindOutputAsync(CacheKey key, CancellationToken cancellationToken) => await grain.FindOutputAsync(key);

    public async ValueTask KeepOutputAsync(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        await grain.KeepOutputAsync(key, Bytes.Of(result) ?? [], timeToLive);

    public async ValueTask DropOutputsAsync(string client, CancellationToken cancellationToken) => await grain.DropOutputsAsync(client);
}
