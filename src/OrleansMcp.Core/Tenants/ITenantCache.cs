using OrleansMcp.Tools.Caching;

namespace OrleansMcp.Tenants;

/// <summary>
/// The results that a tenant keeps. They are its actor's, in memory: gone with it, and of no other tenant. A key of another tenant is refused
/// and raises <c>cross_tenant_attempt</c>: no session makes one.
/// </summary>
public interface ITenantCache
{
    /// <summary>What is kept under a key, or null.</summary>
    ValueTask<CachedOutput?> FindOutputAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Keeps a result for as long as it lives and there is room for it.</summary>
    ValueTask KeepOutputAsync(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Drops all that the calls of a client brought.</summary>
    ValueTask DropOutputsAsync(string client, CancellationToken cancellationToken);
}
