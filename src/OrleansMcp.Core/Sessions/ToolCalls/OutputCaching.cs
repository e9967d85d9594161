using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Answers a call with the cached result of an equal call. A cached answer skips only the run of the tool: permission, policies and quotas
/// apply as to any other call.
/// </summary>
/// <remarks>
/// Calls that miss the same key at the same time all run. If one waited for another, a client could delay the calls of others with a slow
/// call of its own, and learn from the duration of its call that others make the same.
/// </remarks>
internal sealed class OutputCaching(
    TenantCacheClient cache, SessionAuthorization authorization, Catalogue catalogue, IConfigurationSource configuration, SessionMetrics metrics,
    ReplyWriter replies) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next) =>
        CacheRule.Of(call.Tool!.Entry!, configuration.Current.Cache) is { } rule && !IsContinued(call)
            ? FindOrRunAsync(call, rule, next)
            : next.InvokeAsync(call);

    private async ValueTask<ToolCallOutcome> FindOrRunAsync(RunningCall call, CacheRule rule, ToolCallContinuation next)
    {
        var key = KeyOf(call, rule);
        var found = await cache.FindAsync(key, call.Token);
        call.Token.ThrowIfCancellationRequested(); // The permission may have been revoked meanwhile.
        if (found is not null && found.Age < rule.TimeToLive) // The configured lifetime may be shorter now.
        {
            Count(call, "hit");
            var result = JsonSerializer.Deserialize(found.Result.Span, Wire.Type<CallToolResult>())!;
            CacheMeta.Add(result, found.Age);
            return replies.WriteToolCall(call, result);
        }

        Count(call, "miss");
        var outcome = await next.InvokeAsync(call);
        if (Admits(call, rule, outcome))
        {
            await KeepAsync(call, key, rule, outcome.Result!);
        }

        return outcome;
    }

    private async ValueTask KeepAsync(RunningCall call, CacheKey key, CacheRule rule, CallToolResult result)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(result, Wire.Type<CallToolResult>());
        if (json.Length > configuration.Current.Cache.MaxEntryBytes)
        {
            return;
        }

        // Before the answer is sent, so that the client's next call finds it. Not charged to the tool.
        using var waiting = call.Clock?.Pause() ?? default;
        if (await cache.KeepAsync(key, json, rule.TimeToLive, call.Token))
        {
            Count(call, "store");
        }
    }

    /// <summary>
    /// Whether the result may be cached: the key contains all that the result depends on, and the call had no effect besides it. Hints in
    /// the result are ignored.
    /// </summary>
    private static bool Admits(RunningCall call, CacheRule rule, ToolCallOutcome outcome)
    {
        var allowed = rule.Sharing == CacheSharing.Client ? CallTraits.Client : CallTraits.None;
        return outcome.Succeeded && (call.Traits & ~allowed) == CallTraits.None && !call.IsRevoked && !call.Token.IsCancellationRequested;
    }

    /// <summary>Whether the call continues one that asked its user for input.</summary>
    private static bool IsContinued(RunningCall call) => call.PriorState is not null || RequestStates.TokenOf(call.Message) is not null;

    private CacheKey KeyOf(RunningCall call, CacheRule rule)
    {
        var entry = call.Tool!.Entry!;
        var handle = call.Meta.IsSessionless ? entry.HandleArgument : null;
        return CacheKey.Of(call.Caller, rule.Sharing, new CachedCall(
            entry.Name, $"{catalogue.ServerInfo.Version} {entry.Version}", call.Meta.ProtocolVersion,
            PermissionFingerprint.Of(authorization.PermittedTo(call.Caller)), ArgumentDigest.Of(call.Tool.Arguments, handle))
        {
            SeesCredential = entry.SeesUser || RequestFilters.AreAroundTools(catalogue.Options.Filters.Request),
        });
    }

    private void Count(RunningCall call, string outcome) => metrics.OutputCache.Add(
        1, new KeyValuePair<string, object?>("tool", call.Tool!.Name), new KeyValuePair<string, object?>("outcome", outcome));
}
