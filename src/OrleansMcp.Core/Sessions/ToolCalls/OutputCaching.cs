using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Answers a call with what was kept of the same one. The cache replaces the running of the tool and nothing before it: a call that is
/// answered from it was permitted, judged and counted like any other.
/// </summary>
/// <remarks>
/// Calls that miss the same key at the same time all run. If one waited for another, a client could hold up the calls of others with a slow
/// one of its own, and the time that its call takes would tell what they do.
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
        call.Token.ThrowIfCancellationRequested(); // Its permission may be gone since it began to ask.
        if (found is not null && found.Age < rule.TimeToLive) // The operator may have shortened it.
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

        // Before the client has its answer, so that its next call finds it; the time is not the tool's.
        using var waiting = call.Clock?.Pause() ?? default;
        if (await cache.KeepAsync(key, json, rule.TimeToLive, call.Token))
        {
            Count(call, "store");
        }
    }

    /// <summary>Whether the key names all that the result depends on, and the call did nothing but to return it. What the result says of itself does not count.</summary>
    private static bool Admits(RunningCall call, CacheRule rule, ToolCallOutcome outcome)
    {
        var allowed = rule.Sharing == CacheSharing.Client ? CallTraits.Client : CallTraits.None;
        return outcome.Succeeded && (call.Traits & ~allowed) == CallTraits.None && !call.IsRevoked && !call.Token.IsCancellationRequested;
    }

    /// <summary>Whether the call is what is left of one that asked its user for input.</summary>
    private static bool IsContinued(RunningCall call) => call.PriorState is not null || RequestStates.TokenOf(call.Message) is not null;

    private CacheKey KeyOf(RunningCall call, CacheRule rule)
    {
        var entry = call.Tool!.Entry!;
        var handle = call.Meta.IsSessionless && entry.TakesHandle ? SessionHandles.Argument : null;
        return CacheKey.Of(call.Caller, rule.Sharing, new CachedCall(
            entry.Name, $"{catalogue.ServerInfo.Version} {entry.Version}", call.Meta.ProtocolVersion,
            PermissionFingerprint.Of(authorization.PermittedTo(call.Caller)), ArgumentDigest.Of(call.Tool.Arguments, handle)));
    }

    private void Count(RunningCall call, string outcome) => metrics.OutputCache.Add(
        1, new KeyValuePair<string, object?>("tool", call.Tool!.Name), new KeyValuePair<string, object?>("outcome", outcome));
}
