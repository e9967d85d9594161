using System.ComponentModel;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>A tool that hangs up on its caller, who has to come back for the result.</summary>
[McpServerToolType]
internal sealed class ReconnectionTools(TimeProvider time)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_work = TimeSpan.FromMilliseconds(100);

    [McpServerTool(Name = "test_reconnection"), Description("Ends its response stream, works on, and leaves the result for Last-Event-ID.")]
    public async Task<string> HangUpAsync(ISessionContext session, CancellationToken cancellationToken)
    {
        session.HangUp(s_retry);
        await Task.Delay(s_work, time, cancellationToken);
        return "Reconnection test completed successfully";
    }
}
