using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.ToolCalls;

/// <summary>
/// The way of a <c>tools/call</c> through its session, in the order in which things happen. Who may call, and how much, is settled before
/// anything runs; what is judged is what the tool gets.
/// </summary>
internal sealed class ToolCallPipeline(
    ToolCallLogging log, PermissionCheck permission, ToolLookup lookup, ArgumentCheck arguments, SecretPreparation secrets, PolicyCheck policy,
    QuotaAdmission quota, SessionHandleTools handles, OutputCaching cache, SchedulerTurn turn, HandlerInvocation handler)
{
    private readonly IToolCallStage[] _stages =
    [
        log, // one entry for each call, whatever becomes of it
        permission, // the session's own set, before it is told whether there is such a tool
        lookup, // the tool
        arguments, // against the tool's schema
        secrets, // the operator's secrets, read into the session's vault
        policy, // the rules about arguments, and their counters: given back unless the call succeeds
        quota, // a place and a lease; what the call uses is measured and charged, and a call that does not end is given up
        handles, // session_open and session_close end here
        cache, // a result that was kept
        turn, // a place among the calls that compute
        handler, // the tool
    ];

    /// <summary>Runs a call to its outcome.</summary>
    public ValueTask<ToolCallOutcome> InvokeAsync(RunningCall call) => new ToolCallContinuation(_stages, first: 0).InvokeAsync(call);
}
