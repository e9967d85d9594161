using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// One stage of <see cref="ToolCallPipeline"/>. A stage returns an outcome of its own, or passes the call to the next stage and may act
/// before and after. Each session has its own instances; several calls pass them at the same time.
/// </summary>
internal interface IToolCallStage
{
    /// <param name="call">The call. <see cref="RunningCall.Tool"/> is set.</param>
    /// <param name="next">The stages that follow.</param>
    /// <exception cref="ModelContextProtocol.McpProtocolException">The request is answered with a JSON-RPC error.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next);
}

/// <summary>The stages that follow one stage of a <see cref="ToolCallPipeline"/>.</summary>
internal readonly struct ToolCallContinuation(IToolCallStage[] stages, int first)
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call) => stages[first].InvokeAsync(call, new(stages, first + 1));
}
