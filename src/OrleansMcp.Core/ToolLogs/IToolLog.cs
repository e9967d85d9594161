namespace OrleansMcp.ToolLogs;

/// <summary>
/// The tool log of the caller's tenant, as far as the session of the running call may see it. Ask for it as a parameter of a tool method.
/// Entries of all clients of the tenant are seen, of the tools that the permissions <c>toollog:TOOL</c> cover.
/// </summary>
public interface IToolLog
{
    /// <summary>The newest entries that fit, the newest first.</summary>
    /// <exception cref="ModelContextProtocol.McpException">
    /// The session has no permission for the tool that is asked for, or none for any. Let it pass: the client is told <c>permission_denied</c>.
    /// </exception>
    ValueTask<IReadOnlyList<ToolLogEntry>> ReadAsync(ToolLogFilter filter, CancellationToken cancellationToken = default);
}
