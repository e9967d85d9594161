using Microsoft.Extensions.Logging;
using OrleansMcp.Protocol;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// Logs what failed on the server, with its stack: once a minute for each client and method or tool, with the number of those in between. What a
/// client did wrong is its answer, and is not logged.
/// </summary>
internal sealed partial class FailureLog(TimeProvider time, ILogger logger)
{
    private readonly LogThrottle _throttle = new();

    public void RequestFailed(RunningCall call, string session, Exception exception) => Log(call, Methods.Tag(call.Message.Method), session, exception);

    /// <param name="call">The call.</param>
    /// <param name="tool">A tool of the catalogue.</param>
    /// <param name="session">The session's name.</param>
    /// <param name="exception">What it threw.</param>
    public void ToolFailed(RunningCall call, string tool, string session, Exception exception) => Log(call, $"tool {tool}", session, exception);

    private void Log(RunningCall call, string what, string session, Exception exception)
    {
        var (tenant, client) = (call.Caller.Tenant, call.Caller.Client);
        if (_throttle.Admits(what, tenant, client, time.GetUtcNow(), out var suppressed))
        {
            LogFailed(logger, exception, what, tenant, client, session, suppressed);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} failed for {Tenant}/{Client} in session {Session} ({Suppressed} more were not logged).")]
    private static partial void LogFailed(ILogger logger, Exception exception, string what, string tenant, string client, string session, long suppressed);
}
