using OrleansMcp.Sessions.Calls;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>The tool log as the handler of one call sees it.</summary>
internal sealed class CallToolLog(RunningCall call, SessionToolLog log) : IToolLog
{
    public ValueTask<IReadOnlyList<ToolLogEntry>> ReadAsync(ToolLogFilter filter, CancellationToken cancellationToken = default)
    {
        call.Note(CallTraits.Session); // The result depends on other calls of the tenant, so it must not be cached.
        return log.ReadAsync(call, filter, cancellationToken);
    }
}
