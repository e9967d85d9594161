using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Records;
using OrleansMcp.Records.Tools;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Tool calls: found, admitted, checked, run.</summary>
public sealed partial class Session
{
    private async ValueTask<byte[]> CallToolAsync(RunningCall call)
    {
        var (name, arguments) = ToolCall.Read(call.Message);
        if (!TryPermit(call, PermissionKind.Tool, name))
        {
            return ToolReply(call, ToolCall.NotPermitted(name));
        }

        if (call.Meta.IsSessionless && name is SessionHandles.OpenTool or SessionHandles.CloseTool)
        {
            return await CallHandleToolAsync(call, name, arguments);
        }

        var entry = _host.Catalogue.Tools.Find(name) ?? throw Failures.InvalidParams($"Unknown tool: '{Failures.Shown(name)}'");
        call.Tool = name;
        if (Key.IsPrincipal && entry.TakesHandle && arguments.ValueKind == JsonValueKind.Object
            && arguments.TryGetProperty(SessionHandles.Argument, out _))
        {
            // Calls with a good handle reach the actor behind it; whatever comes here names none that this caller may use.
            return ToolReply(call, ToolCall.Denied("session_not_found", "There is no such session, or it has ended."));
        }

        if (entry.Arguments.ProblemIn(arguments) is { } problem)
        {
            return ToolReply(call, ToolCall.Failed(problem));
        }

        await ReadReferencesAsync(call);
        return await JudgeAsync(call, name, new(arguments, HasHandle: call.Meta.IsSessionless && entry.TakesHandle)) is { } denied
            ? ToolReply(call, denied)
            : await SettleAsync(call, RunWithinQuotasAsync(call, entry, arguments));
    }

    private async ValueTask<byte[]> InvokeToolAsync(RunningCall call, ToolEntry entry, JsonElement arguments)
    {
        call.Token.ThrowIfCancellationRequested(); // Its permission may be gone since it began to queue.
        using var services = new CallServices(call);
        var request = new RequestContext<CallToolRequestParams>(
            services.Server, ToolCall.Request(call.Message), ToolCall.Params(call, entry, arguments)) { MatchedPrimitive = entry.Tool };
        while (true)
        {
            try
            {
                return ToolReply(call, await entry.Tool.InvokeAsync(request, call.Token));
            }
            catch (InputRequiredException e)
            {
                if (call.Meta.IsSessionless)
                {
                    return AskThroughResult(call, e.Result);
                }

                await AskThroughRequestsAsync(call, e.Result, request.Params);
            }
            catch (Exception e) when (!(e is OperationCanceledException && call.Token.IsCancellationRequested) && e is not McpProtocolException)
            {
                return ToolReply(call, Explain(entry, e));
            }
        }
    }

    private CallToolResult Explain(ToolEntry entry, Exception exception)
    {
        if (exception is SecretUnavailableException missing)
        {
            return ToolCall.Lacks(missing);
        }

        if (ToolCall.OverQuota(exception) is { } refused)
        {
            return refused;
        }

        if (exception is RecordException records)
        {
            return RecordResults.Refused(records);
        }

        if (exception is PermissionDeniedException denied)
        {
            return ToolCall.NotPermitted(denied);
        }

        if (exception is McpException known)
        {
            return ToolCall.Failed(known.Message);
        }

        Log.ToolFailed(Logger, exception, entry.Name, Key.Value);
        return ToolCall.Failed($"The tool '{entry.Name}' failed.");
    }

    private byte[] ToolReply(RunningCall call, CallToolResult result)
    {
        call.Succeeded = result.IsError != true;
        if (call.Meta.IsSessionless)
        {
            Stamp(result);
        }

        return RpcReply.Result(call.Id, result);
    }

    /// <summary>Every result of 2026-07-28 says what it is and who made it (basic/index, Responses).</summary>
    private void Stamp(Result result)
    {
        result.ResultType ??= "complete";
        result.Meta ??= [];
        result.Meta[MetaKeys.ServerInfo] = JsonSerializer.SerializeToNode(_host.Catalogue.ServerInfo, Wire.Type<Implementation>());
    }

    private byte[] Reply<T>(RunningCall call, T result) where T : Result
    {
        if (call.Meta.IsSessionless)
        {
            Stamp(result);
            if (result is ICacheableResult cacheable)
            {
                cacheable.TimeToLive ??= _host.Catalogue.TimeToLive;
                cacheable.CacheScope ??= _host.Catalogue.CacheScope;
            }
        }

        return RpcReply.Result(call.Id, result);
    }

    private async ValueTask<byte[]> CallHandleToolAsync(RunningCall call, string tool, JsonElement arguments)
    {
        call.Tool = tool;
        return await JudgeAsync(call, tool, new(arguments)) is { } denied
            ? ToolReply(call, denied)
            : await SettleAsync(call, RunHandleToolAsync(call, tool, arguments));
    }

    private async ValueTask<byte[]> RunHandleToolAsync(RunningCall call, string tool, JsonElement arguments)
    {
        if (await AdmitAsync(call) is { } refused)
        {
            return ToolReply(call, refused);
        }

        try
        {
            return ToolReply(call, tool == SessionHandles.OpenTool
                ? await OpenForAsync(call)
                : await CloseForAsync(call.Caller, arguments, call.Token));
        }
        finally
        {
            Meter.Release();
        }
    }

    private async Task<CallToolResult> OpenForAsync(RunningCall call)
    {
        if (!PermissionMeta.TryRead(call.Message, out var asked, out var problem))
        {
            throw Failures.InvalidParams(problem);
        }

        var (handle, key) = _host.Ids.Issue(call.Caller);
        var permitted = ToOpen(call.Caller, asked);
        if (await _host.Directory.Get(key).OpenHandleAsync(call.Caller, permitted, call.Token) is { } refusal)
        {
            return ToolCall.Denied(refusal.Code, refusal.Message, refusal.RetryAfterSeconds);
        }

        var limits = _host.Configuration.Sessions;
        var opened = ToolCall.Structured(new JsonObject
        {
            [SessionHandles.Argument] = handle,
            ["expiresAt"] = _host.Time.GetUtcNow() + limits.Lifetime,
            ["idleTimeoutSeconds"] = (long)limits.IdleTimeout.TotalSeconds,
        });
        opened.Meta = new() { [PermissionMeta.Key] = PermissionMeta.Write(permitted) };
        return opened;
    }

    private async Task<CallToolResult> CloseForAsync(Caller caller, JsonElement arguments, CancellationToken cancellationToken)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(SessionHandles.Argument, out var handle)
            || handle.ValueKind != JsonValueKind.String)
        {
            return ToolCall.Failed($"Missing required argument '{SessionHandles.Argument}'.");
        }

        var verdict = _host.Ids.Judge(handle.GetString(), caller, out var key);
        Attempts.Raise(_host.Signals, verdict, caller, SessionHandles.CloseTool);
        var receipt = verdict == TokenVerdict.Valid ? await _host.Directory.Get(key).EndAsync(caller, cancellationToken) : null;
        return receipt is null
            ? ToolCall.Denied("session_not_found", "There is no such session, or it has ended.")
            : ToolCall.Structured(JsonSerializer.SerializeToNode(receipt, ReceiptJson.Default.SessionReceipt)!.AsObject());
    }
}
