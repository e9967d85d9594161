using System.Text.Json;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Finds the tool in the catalogue or at another server, and refuses a handle that names no session of the caller.</summary>
internal sealed class ToolLookup(Catalogue catalogue, UpstreamForwarding upstreams, CurrentRecord record, ToolFailures failures, ReplyWriter replies) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        var tool = call.Tool!;
        if (SessionHandleTools.Offers(call) || (tool.Entry = catalogue.Tools.Find(tool.Name)) is not null)
        {
            return GoOn(call, next);
        }

        var finding = upstreams.FindToolAsync(call, tool.Name);
        return finding.IsCompletedSuccessfully ? GoOn(call, finding.Result, next) : FindAsync(call, finding, next);
    }

    private async ValueTask<ToolCallOutcome> FindAsync(RunningCall call, ValueTask<ToolEntry?> finding, ToolCallContinuation next)
    {
        ToolEntry? found;
        try
        {
            found = await finding;
        }
        catch (Exception e) when (ToolFailures.IsOfTool(call, e))
        {
            return replies.WriteToolCall(call, failures.Explain(call, call.Tool!.Name, e));
        }

        return await GoOn(call, found, next);
    }

    private ValueTask<ToolCallOutcome> GoOn(RunningCall call, ToolEntry? found, ToolCallContinuation next)
    {
        call.Tool!.Entry = found ?? throw Failures.InvalidParams($"Unknown tool: '{Failures.Shown(call.Tool.Name)}'");
        return GoOn(call, next);
    }

    private ValueTask<ToolCallOutcome> GoOn(RunningCall call, ToolCallContinuation next)
    {
        var tool = call.Tool!;
        tool.IsKnown = true;
        return record.Key.IsPrincipal && call.Meta.IsSessionless && tool is { Entry.HandleArgument: { } handle, Arguments.ValueKind: JsonValueKind.Object }
            && tool.Arguments.TryGetProperty(handle, out _)

            // A call with a valid handle is delivered to the session that it names. In the actor of a principal, the handle is therefore invalid.
            ? new(replies.WriteToolCall(call, ToolResults.NoSuchSession()))
            : next.InvokeAsync(call);
    }
}
