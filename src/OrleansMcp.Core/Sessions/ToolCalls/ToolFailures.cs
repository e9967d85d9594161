using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Records;
using OrleansMcp.Records.Tools;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Tells the client of a call why its tool failed: enough to act on, and nothing of an exception that is not known.</summary>
internal sealed class ToolFailures(CurrentRecord record, FailureLog log)
{
    /// <summary>Whether an exception is answered with a tool's result. Others are a cancellation or an error of the protocol.</summary>
    public static bool IsOfTool(RunningCall call, Exception exception) =>
        !(exception is OperationCanceledException && call.Token.IsCancellationRequested) && exception is not (McpProtocolException or UpstreamErrorException);

    /// <summary>The result for an exception of a tool.</summary>
    public CallToolResult Explain(RunningCall call, string tool, Exception exception)
    {
        switch (exception)
        {
            case SecretUnavailableException missing:
                return ToolResults.Lacks(missing);
            case UpstreamException upstream:
                return ToolResults.Denied(upstream);
            case ToolWithheldException withheld:
                return ToolResults.Denied(withheld.Code, withheld.Message);
            case RecordException records when ToolResults.OverQuota(exception) is null:
                return RecordResults.Refused(records);
            case PermissionDeniedException denied:
                return ToolResults.NotPermitted(denied);
        }

        if (ToolResults.OverQuota(exception) is { } refused)
        {
            return refused;
        }

        if (exception is McpException known)
        {
            return ToolResults.Failed(known.Message);
        }

        log.ToolFailed(call, tool, record.Name, exception);
        return ToolResults.Failed($"The tool '{tool}' failed.");
    }
}
