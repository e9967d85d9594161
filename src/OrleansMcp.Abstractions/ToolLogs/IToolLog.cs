namespace OrleansMcp;

/// <summary>
/// Reads the tool log of the caller's tenant, as far as the permissions of the running call's session allow. A tool method takes it as a
/// parameter. Entries of all clients of the tenant are visible, of the tools that the permissions <c>toollog:TOOL</c> cover.
/// </summary>
public interface IToolLog
{
    /// <summary>Reads the newest entries that match the filter, the newest first.</summary>
    /// <exception cref="ModelContextProtocol.McpException">
    /// The session has no permission for the tool in the filter, or for no tool at all. A tool should not catch it: the client gets
    /// <c>permission_denied</c>.
    /// </exception>
    ValueTask<IReadOnlyList<ToolLogEntry>> ReadAsync(ToolLogFilter filter, CancellationToken cancellationToken = default);
}
