using OrleansMcp.Authorization;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Refuses tools that the session may not call, with the same answer whether or not the tool exists.</summary>
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
