using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// Applies the policies to a call: first the rules on its arguments, then the counters, which are reserved before the tool runs and
/// returned when it did not run, or the call ended in a JSON-RPC error. A tool that was cancelled or whose result is an error has run: what it did, and
/// that it was asked, counts. The checked arguments are those that the tool gets: the same JSON elements of the message, or those
/// that a filter set.
/// </summary>
internal sealed class PolicyCheck(
    SessionPolicy policies, PolicyCounters counters, SessionTrail trail, CurrentRecord record, ISignals signals, ReplyWriter replies) : IToolCallStage
{
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call, ToolCallContinuation next)
    {
        var tool = call.Tool!;
        if (policies.For(tool.Name, tool.Entry) is not { } policy)
        {
            return next.InvokeAsync(call);
        }

        var arguments = new CallArguments(tool.Arguments, call.Meta.IsSessionless ? tool.Entry?.HandleArgument : null, trail);
        return policy.Judge(arguments, out var claims) is { } denial ? new(Deny(call, denial))
            : claims is null && call.Claims is null ? next.InvokeAsync(call)
            : ReserveAsync(call, claims ?? [], next);
    }

    private async ValueTask<ToolCallOutcome> ReserveAsync(RunningCall call, List<RuleClaim> claims, ToolCallContinuation next)
    {
        if (call.Claims is { } former)
        {
            await counters.ReturnAsync(former); // A filter changed the call: only its changed form counts.
        }

        var (refused, held) = await TryReserveAsync(call, claims);
        call.Claims = held;
        if (refused is not null)
        {
            return replies.WriteToolCall(call, refused);
        }

        var counts = false;
        try
        {
            var outcome = await next.InvokeAsync(call);
            counts = outcome.Succeeded || (call.HasRun && outcome is { Answer: not ToolAnswer.InputRequired, Code: not ToolOutcome.Invalid });
            return outcome;
        }
        catch (Exception e) when (e is not McpProtocolException)
        {
            counts = call.HasRun && !RunsAgain(call);
            throw;
        }
        finally
        {
            if (!counts)
            {
                await counters.ReturnAsync(held);
            }
        }
    }

    /// <summary>Whether the call was cut short by its session's move and is delivered to the next activation, where it counts.</summary>
    private static bool RunsAgain(RunningCall call) => call.Cancelled == CancelReason.SessionMoved && call.Tool!.Entry?.IsRedeliverable == true;

    private async ValueTask<(CallToolResult? Refused, HeldClaims Held)> TryReserveAsync(RunningCall call, List<RuleClaim> claims)
    {
        try
        {
            var (denial, held) = await counters.ReserveAsync(claims, call.Token);
            return (denial is null ? null : Denied(call, denial), held);
        }
        catch (McpException e)
        {
            return (ToolResults.Failed(e.Message), new());
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            // A call that cannot be counted is refused.
            return (ToolResults.QuotaUnavailable(new QuotaUnavailableException()), new());
        }
    }

    private ToolCallOutcome Deny(RunningCall call, PolicyDenial denial) => replies.WriteToolCall(call, Denied(call, denial));

    private CallToolResult Denied(RunningCall call, PolicyDenial denial)
    {
        signals.Raise(new Signal(SignalName.PolicyDenied, call.Caller, record.Owner, $"{call.Tool!.Name}: {denial.Rule}", record.Key));
        return ToolResults.Denied(denial);
    }
}
