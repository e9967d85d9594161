using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Caching;

/// <summary>Asks tenants for cached results, with a short timeout. No failure of the cache fails a call.</summary>
internal sealed partial class TenantCacheClient(ITenantDirectory tenants, TimeProvider time, ILogger logger)
{
    /// <summary>How long to wait for a tenant's actor; then the call continues without the cache.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The cached result; null also when the tenant does not answer in time.</summary>
    public ValueTask<CachedOutput?> FindAsync(CacheKey key, CancellationToken cancellationToken) =>
        AskAsync(key.Tenant, tenant => tenant.FindOutputAsync(key, cancellationToken), cancellationToken);

    /// <summary>Caches a result. False when the tenant did not answer in time.</summary>
    public async ValueTask<bool> KeepAsync(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        await AskAsync(
            key.Tenant,
            async tenant =>
            {
                await tenant.KeepOutputAsync(key, result, timeToLive, cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// Drops what the calls of a session's client brought, after something was taken from the session. That its key names other permissions
    /// makes it unreachable for the session in any case.
    /// </summary>
    public async ValueTask DropAsync(SessionOwner owner) => await AskAsync(
        owner.Tenant,
        async tenant =>
        {
            await tenant.DropOutputsAsync(owner.Client, CancellationToken.None);
            return true;
        },
        CancellationToken.None);

    private async ValueTask<T?> AskAsync<T>(string tenant, Func<ITenant, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var asked = ask(tenants.Get(tenant));
            if (asked.IsCompletedSuccessfully)
            {
                return asked.Result;
            }

            var answer = asked.AsTask();
            _ = answer.ContinueWith(
                static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return await answer.WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogAway(logger, e, tenant);
            return default;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The cache of tenant {Tenant} did not answer in time; the call goes on without it.")]
    private static partial void LogAway(ILogger logger, Exception exception, string tenant);
}
