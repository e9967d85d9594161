using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Permissions;
using OrleansMcp.Records;
using OrleansMcp.Records.Tools;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tools;
using OrleansMcp.Tools.Caching;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Runs the tool: once, or again with the answers each time that it asks its user for input.</summary>
internal sealed partial class HandlerInvocation(HandlerEnvironment environment, ReplyWriter replies, ILogger logger) : IToolCallStage
{
    public async ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        call.Token.ThrowIfCancellationRequested(); // Its permission may be gone since it began to queue.
        using var services = new CallServices(call, environment);
        var tool = call.Tool!.Entry!.Tool;
        var request = new RequestContext<CallToolRequestParams>(
            services.Server, SdkRequest.Of(call.Message), ToolRequest.ParamsOf(call)) { MatchedPrimitive = tool };
        for (var round = 1; ; round++)
        {
            try
            {
                var result = await tool.InvokeAsync(request, call.Token);
                CacheMeta.Remove(result);
                return replies.WriteToolCall(call, result);
            }
            catch (InputRequiredException e)
            {
                if (call.Meta.IsSessionless)
                {
                    return ToolCallOutcome.InputRequired(environment.Inputs.Hold(call, e.Result));
                }

                await environment.Requests.AskAllAsync(call, e.Result, request.Params, round);
            }
            catch (Exception e) when (!(e is OperationCanceledException && call.Token.IsCancellationRequested) && e is not McpProtocolException)
            {
                return replies.WriteToolCall(call, Explain(call.Tool.Name, e));
            }
        }
    }

    private CallToolResult Explain(string tool, Exception exception)
    {
        if (exception is SecretUnavailableException missing)
        {
            return ToolResults.Lacks(missing);
        }

        if (ToolResults.OverQuota(exception) is { } refused)
        {
            return refused;
        }

        if (exception is RecordException records)
        {
            return RecordResults.Refused(records);
        }

        if (exception is PermissionDeniedException denied)
        {
            return ToolResults.NotPermitted(denied);
        }

        if (exception is McpException known)
        {
            return ToolResults.Failed(known.Message);
        }

        LogFailed(logger, exception, tool, environment.Record.Name);
        return ToolResults.Failed($"The tool '{tool}' failed.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} failed in session {Session}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string tool, string session);
}
