using OrleansMcp.Sessions.Calls;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>The tool log as one call may see it.</summary>
internal sealed class CallToolLog(RunningCall call, SessionToolLog log) : IToolLog
{
    public ValueTask<IReadOnlyList<ToolLogEntry>> ReadAsync(ToolLogFilter filter, CancellationToken cancellationToken = default)
    {
        call.Note(CallTraits.Session); // What others did a moment ago: nothing to keep.
        return log.ReadAsync(call, filter, cancellationToken);
    }
}
