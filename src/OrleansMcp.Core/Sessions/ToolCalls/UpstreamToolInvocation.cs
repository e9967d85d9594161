using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Calls a tool of another server: once, and again with the answers each time that the server asks for its user's input. Without filters of the SDK,
/// which look at results, the server's result is passed on as it came.
/// </summary>
internal sealed class UpstreamToolInvocation(HandlerEnvironment environment, ReplyWriter replies, ToolFailures failures)
{
    public async ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, UpstreamTool tool)
    {
        call.Token.ThrowIfCancellationRequested(); // The permission may have been revoked while the call was queued.
        var retry = call.PriorState is null && RequestStates.TokenOf(call.Message) is null ? null : ToolRequest.ParamsOf(call);
        try
        {
            for (var round = 1; ; round++)
            {
                call.HasRun = true;
                using var result = await environment.Upstreams.CallAsync(call, tool, call.Tool!.Arguments, retry);
                if (UpstreamForwarding.InputRequired(tool.Server, result.Value) is not { } required)
                {
                    return replies.WriteToolCall(call, tool.Server, result.Value);
                }

                if (call.Meta.IsSessionless)
                {
                    return ToolCallOutcome.InputRequired(environment.Inputs.Hold(call, required));
                }

                retry ??= new CallToolRequestParams { Name = tool.OriginalName };
                await environment.Requests.AskAllAsync(call, required, retry, round);
            }
        }
        catch (Exception e) when (ToolFailures.IsOfTool(call, e))
        {
            return replies.WriteToolCall(call, failures.Explain(call, call.Tool!.Name, e));
        }
    }
}
