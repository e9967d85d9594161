using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals.Interference;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Reads the call, and writes a summary of it into its tenant's tool log when it is answered.</summary>
internal sealed class ToolCallLogging(CurrentRecord record, ToolLogBuffer log, InterferenceDetector interference, TimeProvider time) : IToolCallStage
{
    private const int LongestName = 128;

    public async ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        var began = time.GetTimestamp();
        try
        {
            call.Tool = ToolRequest.Read(call.Message);
            var outcome = await next.InvokeAsync(call);
            if (outcome.Answer == ToolAnswer.Error && call.Tool.IsKnown && !ToolOutcome.IsOfClient(outcome.Code))
            {
                interference.Erred(call.Caller.Tenant);
            }

            Log(call, began, outcome.Reply.Length, ToolOutcome.Of(call, outcome));
            return outcome;
        }
        catch (Exception e)
        {
            Log(call, began, resultBytes: 0, ToolOutcome.Of(call, e));
            throw;
        }
    }

    private void Log(RunningCall call, long began, int resultBytes, string outcome)
    {
        var parameters = call.Message.Params;
        if (parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty("name"u8, out var name) || name.ValueKind != JsonValueKind.String)
        {
            return; // The call names no tool.
        }

        if (!log.Admits(call.Caller.Tenant, call.Caller.Client))
        {
            return;
        }

        parameters.TryGetProperty("arguments"u8, out var arguments);
        log.Add(call.Caller.Tenant, new ToolLogEntry(
            time.GetUtcNow(), call.Caller.Client, record.Name, Shown(name.GetString()!), outcome,
            arguments.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(arguments).Length,
            resultBytes, time.GetElapsedTime(began), ArgumentDigest.Of(arguments)));
    }

    /// <summary>The name that the client sent, whether or not there is such a tool: the log reveals no more than the refusal.</summary>
    private static string Shown(string tool) => tool.Length <= LongestName ? tool : tool[..LongestName];
}
