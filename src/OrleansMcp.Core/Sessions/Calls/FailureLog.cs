using Microsoft.Extensions.Logging;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// Logs what failed on the server, with its stack: once a minute for each client and method or tool, with the number of those in between. What a
/// client did wrong is its answer, and is not logged.
/// </summary>
internal sealed partial class FailureLog(TimeProvider time, ILogger logger)
{
    private readonly LogThrottle _throttle = new();

    public void RequestFailed(RunningCall call, string session, Exception exception) => Log(Methods.Tag(call.Message.Method), call.Caller, session, exception);

    /// <param name="call">The call.</param>
    /// <param name="tool">A tool of the catalogue.</param>
    /// <param name="session">The session's name.</param>
    /// <param name="exception">What it threw.</param>
    public void ToolFailed(RunningCall call, string tool, string session, Exception exception) => Log($"tool {tool}", call.Caller, session, exception);

    /// <summary>The handler of a call ignores its cancellation and is left to itself.</summary>
    public void Abandoned(RunningCall call, string session)
    {
        var what = call.Tool is { IsKnown: true, Name: var tool } ? $"tool {tool}" : Methods.Tag(call.Message.Method);
        if (_throttle.Admits("abandoned " + what, call.Caller.Tenant, call.Caller.Client, time.GetUtcNow(), out var suppressed))
        {
            LogAbandoned(logger, what, call.Caller.Tenant, call.Caller.Client, session, suppressed);
        }
    }

    /// <summary>The store did not take a change, or did not say whether it has (<see cref="SaveUnconfirmedException"/>).</summary>
    public void NotStored(SessionOwner owner, string session, Exception exception) => Log(
        exception is SaveUnconfirmedException ? "a change of unknown outcome" : "a change", new Caller(owner.Tenant, owner.Client, owner.Subject), session, exception);

    private void Log(string what, Caller caller, string session, Exception exception)
    {
        if (_throttle.Admits(what, caller.Tenant, caller.Client, time.GetUtcNow(), out var suppressed))
        {
            LogFailed(logger, exception, what, caller.Tenant, caller.Client, session, suppressed);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handler of {What} ignores its cancellation for {Tenant}/{Client} in session {Session} ({Suppressed} more were not logged).")]
    private static partial void LogAbandoned(ILogger logger, string what, string tenant, string client, string session, long suppressed);

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} failed for {Tenant}/{Client} in session {Session} ({Suppressed} more were not logged).")]
    private static partial void LogFailed(ILogger logger, Exception exception, string what, string tenant, string client, string session, long suppressed);
}
