using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>Writes results as the revision of their request wants them.</summary>
internal sealed class ReplyWriter(Catalogue catalogue)
{
    public byte[] Write<T>(RunningCall call, T result) where T : Result
    {
        if (call.Meta.IsSessionless)
        {
            Stamp(result);
            if (result is ICacheableResult cacheable)
            {
                cacheable.TimeToLive ??= catalogue.Caching.TimeToLive;
                cacheable.CacheScope ??= catalogue.Caching.Scope;
            }
        }

        return RpcReply.Result(call.Id, result);
    }

    /// <summary>How a tool call was answered: by its tool, or by a stage that refused it.</summary>
    public ToolCallOutcome WriteToolCall(RunningCall call, CallToolResult result)
    {
        if (call.Meta.IsSessionless)
        {
            Stamp(result);
        }

        return new ToolCallOutcome(RpcReply.Result(call.Id, result), ToolOutcome.Of(result), result);
    }

    /// <summary>Questions for the user, and the sealed name of what waits for the answers (2026-07-28, Multi Round-Trip Requests).</summary>
    public byte[] WriteInputRequired(RunningCall call, IDictionary<string, InputRequest>? questions, string state)
    {
        var result = new InputRequiredResult
        {
            InputRequests = questions is { Count: > 0 } ? questions : null,
            RequestState = state,
        };
        Stamp(result);
        return RpcReply.Result(call.Id, result);
    }

    /// <summary>Every result of 2026-07-28 says what it is and who made it (basic/index, Responses).</summary>
    private void Stamp(Result result)
    {
        result.ResultType ??= "complete";
        result.Meta ??= [];
        result.Meta[MetaKeys.ServerInfo] = JsonSerializer.SerializeToNode(catalogue.ServerInfo, Wire.Type<Implementation>());
    }
}
