using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>Runs the call under the quotas of its session (<see cref="CallAdmission"/>).</summary>
internal sealed class QuotaAdmission(CallAdmission admission, ReplyWriter replies) : IToolCallStage
{
    public async ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        try
        {
            return await admission.RunAsync(call, next, static (call, next) => next.InvokeAsync(call), static outcome => outcome.Reply.Length);
        }
        catch (QuotaExceededException e)
        {
            return replies.WriteToolCall(call, ToolResults.OverQuota(e.Refusal));
        }
        catch (QuotaUnavailableException e)
        {
            return replies.WriteToolCall(call, ToolResults.QuotaUnavailable(e));
        }
    }
}
