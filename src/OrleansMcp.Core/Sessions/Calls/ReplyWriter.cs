using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Calls;

/// <summary>Writes results in the form of their request's protocol revision.</summary>
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

    /// <summary>Writes the result of a tool call, from the tool or from a stage that refused the call.</summary>
    public ToolCallOutcome WriteToolCall(RunningCall call, CallToolResult result) => WriteToolCall(call, result, ToolOutcome.Of(result));

    /// <summary>Writes the result of a call whose arguments the tool cannot take.</summary>
    public ToolCallOutcome WriteMistake(RunningCall call, string problem) => WriteToolCall(call, ToolResults.Failed(problem), ToolOutcome.Invalid);

    /// <summary>Passes on what another server answered to a tool call.</summary>
    /// <exception cref="UpstreamException">It is no result of a tool.</exception>
    public ToolCallOutcome WriteToolCall(RunningCall call, string server, JsonElement result)
    {
        var isError = UpstreamToolResult.IsError(server, result);
        byte[] reply;
        try
        {
            reply = RpcReply.Result(call.Id, (this, call, server, result), static (writer, answer) => answer.Item1.WriteResult(writer, answer.call, answer.server, answer.result));
        }
        catch (InvalidOperationException e)
        {
            throw new UpstreamException(server, UpstreamFault.Invalid, "answered with half of a surrogate pair in a text.", e);
        }

        return isError ? new ToolCallOutcome(reply, ToolOutcome.Error, ToolAnswer.Error) : new ToolCallOutcome(reply, ToolOutcome.Ok, ToolAnswer.Result);
    }

    private void WriteResult(Utf8JsonWriter writer, RunningCall call, string server, JsonElement result)
    {
        writer.WriteStartObject();
        if (call.Meta.IsSessionless)
        {
            writer.WriteString("resultType"u8, "complete"u8);
        }

        UpstreamToolResult.Write(writer, server, result, wrapsStructure: !call.Meta.IsSessionless, call.Meta.IsSessionless ? WriteServerInfo : null);
        writer.WriteEndObject();
    }

    private void WriteServerInfo(Utf8JsonWriter writer)
    {
        writer.WritePropertyName(MetaKeys.ServerInfo);
        JsonSerializer.Serialize(writer, catalogue.ServerInfo, Wire.Type<Implementation>());
    }

    private ToolCallOutcome WriteToolCall(RunningCall call, CallToolResult result, string outcome)
    {
        if (call.Meta.IsSessionless)
        {
            Stamp(result);
        }

        return ToolCallOutcome.Of(RpcReply.Result(call.Id, result), outcome, result);
    }

    /// <summary>
    /// Refuses a message that is over a quota: a tool call with a tool result, everything else with 429 (503 when it is the whole process that
    /// is full) and a JSON-RPC error.
    /// </summary>
    public Answer WriteRefusal(McpMessage message, bool isSessionless, QuotaRefusal refusal)
    {
        if (message.Method != Methods.ToolsCall || message.Kind != McpMessageKind.Request)
        {
            return Answer.OverQuota(message.Id, refusal);
        }

        var result = ToolResults.OverQuota(refusal);
        if (isSessionless)
        {
            Stamp(result);
        }

        return Answer.Of(RpcReply.Result(message.Id, result), AnswerOutcome.Refused);
    }

    /// <summary>
    /// Writes the requests for input, and the sealed <c>requestState</c> that the retry brings back (2026-07-28, Multi Round-Trip
    /// Requests).
    /// </summary>
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

    /// <summary>Every result of 2026-07-28 carries its type and the server's name and version (basic/index, Responses).</summary>
    private void Stamp(Result result)
    {
        result.ResultType ??= "complete";
        result.Meta ??= [];
        result.Meta[MetaKeys.ServerInfo] = JsonSerializer.SerializeToNode(catalogue.ServerInfo, Wire.Type<Implementation>());
    }
}
