using OrleansMcp.ToolLogs;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The tool log as one call may see it.</summary>
internal sealed class CallToolLog(RunningCall call) : IToolLog
{
    public ValueTask<IReadOnlyList<ToolLogEntry>> ReadAsync(ToolLogFilter filter, CancellationToken cancellationToken = default)
    {
        call.Note(CallTraits.Session); // What others did a moment ago: nothing to keep.
        return call.Session.ReadToolLogAsync(call, filter, cancellationToken);
    }
}
