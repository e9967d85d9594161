using System.Text.Json;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Finds the tool in the catalogue, and refuses a handle that names no session of the caller.</summary>
internal sealed class ToolLookup(Catalogue catalogue, CurrentRecord record, ReplyWriter replies) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        var tool = call.Tool!;
        if (!SessionHandleTools.Offers(call))
        {
            tool.Entry = catalogue.Tools.Find(tool.Name) ?? throw Failures.InvalidParams($"Unknown tool: '{Failures.Shown(tool.Name)}'");
        }

        tool.IsKnown = true;
        return record.Key.IsPrincipal && call.Meta.IsSessionless && tool is { Entry.TakesHandle: true, Arguments.ValueKind: JsonValueKind.Object }
            && tool.Arguments.TryGetProperty(SessionHandles.Argument, out _)

            // A call with a valid handle is delivered to the session that it names. In the actor of a principal, the handle is therefore invalid.
            ? new(replies.WriteToolCall(call, ToolResults.NoSuchSession()))
            : next.InvokeAsync(call);
    }
}
