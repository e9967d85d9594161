using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// The stages that a <c>tools/call</c> passes, in their order. Permissions, policies and quotas are checked before the tool runs, on the
/// arguments that the tool gets.
/// </summary>
internal sealed class ToolCallPipeline(
    ToolCallLogging log, PermissionCheck permission, ToolLookup lookup, ArgumentCheck arguments, SecretPreparation secrets, PolicyCheck policy,
    QuotaAdmission quota, SessionHandleTools handles, OutputCaching cache, SchedulerTurn turn, HandlerInvocation handler)
{
    private readonly IToolCallStage[] _stages =
    [
        log, // one entry for each call, also if it is refused or fails
        permission, // the session's own set, before the answer reveals whether there is such a tool
        lookup, // the tool
        arguments, // against the tool's schema
        secrets, // the operator's secrets, read into the session's vault
        policy, // the rules about arguments, and their counters, which are returned unless the call succeeds
        quota, // a slot and a lease; what the call uses is measured and charged, and a call that does not end is abandoned
        handles, // session_open and session_close end here
        cache, // a cached result
        turn, // a place in the scheduler
        handler, // the tool
    ];

    /// <summary>Runs a call to its outcome.</summary>
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call) => new ToolCallContinuation(_stages, first: 0).InvokeAsync(call);
}
