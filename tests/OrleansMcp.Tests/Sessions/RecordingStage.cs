using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;

namespace OrleansMcp.Tests.Sessions;

/// <summary>Stands for all stages after the one that is tested: notes the calls that reach it, and answers them as a test says.</summary>
internal sealed class RecordingStage(ReplyWriter replies) : IToolCallStage
{
    private int _reached;

    /// <summary>How many calls came here.</summary>
    public int Reached => Volatile.Read(ref _reached);

    /// <summary>What it does; by itself it returns a text at once.</summary>
    public Func<RunningCall, ValueTask<ToolCallOutcome>>? Answer { get; set; }

    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        Interlocked.Increment(ref _reached);
        return Answer?.Invoke(call) ?? new(Text(call, "reached"));
    }

    public ToolCallOutcome Text(RunningCall call, string text, bool isError = false) => replies.WriteToolCall(
        call, new CallToolResult { Content = [new TextContentBlock { Text = text }], IsError = isError ? true : null });

    /// <summary>Runs a call through one stage and then this one.</summary>
    public ValueTask<ToolCallOutcome> RunAsync(IToolCallStage stage, RunningCall call) => new ToolCallContinuation([stage, this], first: 0).InvokeAsync(call);
}
