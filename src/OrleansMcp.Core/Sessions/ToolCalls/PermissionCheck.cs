using OrleansMcp.Authorization;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Refuses tools that the session may not call, whether or not there are such tools.</summary>
internal sealed class PermissionCheck(SessionAuthorization authorization, ReplyWriter replies) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        var tool = call.Tool!.Name;
        return authorization.TryPermit(call, PermissionKind.Tool, tool)
            ? next.InvokeAsync(call)
            : new(replies.WriteToolCall(call, ToolResults.NotPermitted(tool)));
    }
}
