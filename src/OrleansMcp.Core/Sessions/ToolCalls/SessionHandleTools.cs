using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Answers the tools by which a client of 2026-07-28 opens and closes sessions of its own (<see cref="SessionHandles"/>). They are not in
/// the catalogue; permissions, policies and quotas apply to them as to its tools.
/// </summary>
internal sealed class SessionHandleTools(
    ISessionDirectory sessions, SessionIdIssuer ids, ISignals signals, IAttempts attempts, SessionTrail trail, IConfigurationSource configuration, ReplyWriter replies, TimeProvider time)
    : IToolCallStage
{
    public static bool Offers(RunningCall call) =>
        call.Meta.IsSessionless && call.Tool!.Name is SessionHandles.OpenTool or SessionHandles.CloseTool;

    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next) =>
        Offers(call) ? RunAsync(call) : next.InvokeAsync(call);

    private async ValueTask<ToolCallOutcome> RunAsync(RunningCall call) => replies.WriteToolCall(
        call, call.Tool!.Name == SessionHandles.OpenTool ? await OpenAsync(call) : await CloseAsync(call));

    private async Task<CallToolResult> OpenAsync(RunningCall call)
    {
        if (!PermissionMeta.TryRead(call.Message, out var asked, out var problem))
        {
            throw Failures.InvalidParams(problem);
        }

        var (handle, key) = ids.Issue(call.Caller);
        var permitted = PermissionGrant.ToOpen(configuration.Current, call.Caller, asked).Entries;
        if (await sessions.Get(key).OpenHandleAsync(call.Caller, new(permitted, trail.Servers is { Count: > 0 } servers ? servers : null), call.Token) is { } refusal)
        {
            return refusal.Quota is { } quota ? ToolResults.OverQuota(quota) : ToolResults.Denied(refusal.Code, refusal.Message, refusal.RetryAfterSeconds);
        }

        var limits = configuration.Current.Sessions;
        var opened = ToolResults.Structured(new JsonObject
        {
            [SessionHandles.Argument] = handle,
            ["expiresAt"] = time.GetUtcNow() + limits.Lifetime,
            ["idleTimeoutSeconds"] = (long)limits.IdleTimeout.TotalSeconds,
        });
        opened.Meta = new() { [PermissionMeta.Key] = PermissionMeta.Write(permitted) };
        return opened;
    }

    private async Task<CallToolResult> CloseAsync(RunningCall call)
    {
        var arguments = call.Tool!.Arguments;
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(SessionHandles.Argument, out var handle)
            || handle.ValueKind != JsonValueKind.String)
        {
            return ToolResults.Failed($"Missing required argument '{SessionHandles.Argument}'.");
        }

        var verdict = ids.Judge(handle.GetString(), call.Caller, out var key);
        Attempts.Raise(signals, verdict, call.Caller, SessionHandles.CloseTool);
        if (verdict != TokenVerdict.Valid && ThrottledException.Of(attempts, call.Caller) is { } throttled)
        {
            throw throttled;
        }

        var receipt = verdict == TokenVerdict.Valid ? await sessions.Get(key).EndAsync(call.Caller, call.Token) : null;
        return receipt is null
            ? ToolResults.NoSuchSession()
            : ToolResults.Structured(JsonSerializer.SerializeToNode(receipt, ReceiptJson.Default.SessionReceipt)!.AsObject());
    }
}
