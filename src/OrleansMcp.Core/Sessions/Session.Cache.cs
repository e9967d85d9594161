using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using OrleansMcp.Permissions;
using OrleansMcp.Policies.Arguments;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tenants;
using OrleansMcp.Tools;
using OrleansMcp.Tools.Caching;

namespace OrleansMcp.Sessions;

/// <summary>
/// Results of tools that answer the same call again. The cache replaces the running of the tool and nothing before it: a call that is answered
/// from it was permitted, judged and counted like any other.
/// </summary>
/// <remarks>
/// Calls that miss the same key at the same time all run. If one waited for another, a client could hold up the calls of others with a slow
/// one of its own, and the time that its call takes would tell what they do.
/// </remarks>
public sealed partial class Session
{
    /// <summary>How long the tenant's actor is waited for; then the call goes on as if there were no cache.</summary>
    internal static TimeSpan CachePatience { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Answers a call with what was kept of the same one; null when it must run.</summary>
    private async ValueTask<byte[]?> FindOutputAsync(RunningCall call, ToolEntry entry, JsonElement arguments)
    {
        if (CacheRule.Of(entry, _host.Configuration.Cache) is not { } rule || call.PriorState is not null || RequestStates.TokenOf(call.Message) is not null)
        {
            return null; // Not of a tool whose results are kept, or what is left of a call that asked for input.
        }

        var keeping = call.Keeping = new(KeyOf(call, entry, arguments, rule), rule);
        var found = await AskCacheAsync(call, tenant => tenant.FindOutputAsync(keeping.Key, call.Token));
        call.Token.ThrowIfCancellationRequested(); // Its permission may be gone since it began to ask.
        var isHit = found is not null && found.Age < rule.TimeToLive; // The operator may have shortened it.
        CountCached(entry.Name, isHit ? "hit" : "miss");
        if (!isHit)
        {
            return null;
        }

        var result = JsonSerializer.Deserialize(found!.Result.Span, Wire.Type<CallToolResult>())!;
        CacheMeta.Add(result, found.Age);
        return ToolReply(call, result);
    }

    /// <summary>Keeps the result of a call that ran, where it may be kept, and returns it.</summary>
    private async ValueTask<CallToolResult> KeepOutputAsync(RunningCall call, CallToolResult result)
    {
        CacheMeta.Remove(result);
        if (call.Keeping is not { } keeping || !keeping.Admits(call, result))
        {
            return result;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(result, Wire.Type<CallToolResult>());
        if (json.Length <= _host.Configuration.Cache.MaxEntryBytes)
        {
            // Before the client has its answer, so that its next call finds it; the time is not the tool's.
            using var waiting = call.Clock?.Pause() ?? default;
            await AskCacheAsync(call, async tenant =>
            {
                await tenant.KeepOutputAsync(keeping.Key, json, keeping.Rule.TimeToLive, call.Token);
                CountCached(call.Tool!, "store");
                return true;
            });
        }

        return result;
    }

    /// <summary>
    /// Drops what this session's client brought, after something was taken from it. That its key names other permissions makes it
    /// unreachable for this session in any case.
    /// </summary>
    private async ValueTask DropOutputsAsync()
    {
        var owner = _record!.Owner;
        await AskCacheAsync(owner.Tenant, async tenant =>
        {
            await tenant.DropOutputsAsync(owner.Client, CancellationToken.None);
            return true;
        }, CancellationToken.None);
    }

    private CacheKey KeyOf(RunningCall call, ToolEntry entry, JsonElement arguments, CacheRule rule)
    {
        var handle = call.Meta.IsSessionless && entry.TakesHandle ? SessionHandles.Argument : null;
        return CacheKey.Of(call.Caller, rule.Sharing, new CachedCall(
            entry.Name, $"{_host.Catalogue.ServerInfo.Version} {entry.Version}", call.Meta.ProtocolVersion,
            PermissionFingerprint.Of(PermittedTo(call.Caller)), ArgumentDigest.Of(arguments, handle)));
    }

    /// <summary>What the session may do for a caller whose credential may narrow it further.</summary>
    private PermissionSet PermittedTo(Caller caller)
    {
        var effective = Grant().Effective;
        return _host.Configuration.Identity.Scopes.PermissionsOf(caller.Scopes) is { } scoped ? effective.Intersect(scoped) : effective;
    }

    private ValueTask<T?> AskCacheAsync<T>(RunningCall call, Func<ITenant, ValueTask<T>> ask) =>
        AskCacheAsync(call.Caller.Tenant, ask, call.Token);

    /// <summary>Asks the tenant's actor, not for long. Whatever goes wrong with the cache is no error of the call.</summary>
    private async ValueTask<T?> AskCacheAsync<T>(string tenant, Func<ITenant, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var asked = ask(_host.Tenants.Get(tenant));
            if (asked.IsCompletedSuccessfully)
            {
                return asked.Result;
            }

            var answer = asked.AsTask();
            _ = answer.ContinueWith(
                static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return await answer.WaitAsync(CachePatience, _host.Time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.CacheAway(Logger, e, tenant);
            return default;
        }
    }

    private void CountCached(string tool, string outcome) =>
        _host.Metrics.OutputCache.Add(1, new KeyValuePair<string, object?>("tool", tool), new KeyValuePair<string, object?>("outcome", outcome));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "The cache of tenant {Tenant} did not answer in time; the call goes on without it.")]
        public static partial void CacheAway(ILogger logger, Exception exception, string tenant);
    }
}
