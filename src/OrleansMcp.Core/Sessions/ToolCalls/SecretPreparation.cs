using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Waits until the secrets that the operator configured are read into the session's vault, or could not be read.</summary>
internal sealed class SecretPreparation(ReferencedSecrets secrets) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        var reading = secrets.EnsureReadAsync(call.Token);
        return reading.IsCompletedSuccessfully ? next.InvokeAsync(call) : InvokeLaterAsync(reading, call, next);
    }

    private static async ValueTask<ToolCallOutcome> InvokeLaterAsync(ValueTask reading, RunningCall call, ToolCallContinuation next)
    {
        await reading;
        return await next.InvokeAsync(call);
    }
}
