using System.Text.Json;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Finds the tool, and refuses handles that led to no session.</summary>
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
        return record.Key.IsPrincipal && tool is { Entry.TakesHandle: true, Arguments.ValueKind: JsonValueKind.Object }
            && tool.Arguments.TryGetProperty(SessionHandles.Argument, out _)

            // Calls with a good handle reach the session behind it; a call that comes here names none that this caller may use.
            ? new(replies.WriteToolCall(call, ToolResults.NoSuchSession()))
            : next.InvokeAsync(call);
    }
}
