using OrleansMcp.Signals;

namespace OrleansMcp.Silo.Hosting;

/// <summary>The audit of a cluster that keeps nothing: the log, and no more.</summary>
internal sealed partial class LogAudit(ILogger<LogAudit> logger) : IAuditSink
{
    public void Append(AuditEntry entry) => LogEntry(logger, entry.Event, entry.Tenant, entry.Client, entry.OwnerTenant, entry.What);

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit: {Event} by {Tenant}/{Client}, owner {Owner}: {What}")]
    private static partial void LogEntry(ILogger logger, string @event, string? tenant, string? client, string? owner, string? what);
}
