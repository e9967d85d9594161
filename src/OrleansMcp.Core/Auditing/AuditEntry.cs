using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Auditing;

/// <summary>One line of the audit.</summary>
public sealed record AuditEntry(
    DateTimeOffset At, string Event, string? Tenant, string? Client, string? Subject, string? Session, string? OwnerTenant,
    string? OwnerClient, string? What)
{
    /// <summary>What the audit says of a signal.</summary>
    public static AuditEntry Of(Signal signal, DateTimeOffset at) => new(
        at, signal.Name, signal.Who?.Tenant, signal.Who?.Client, signal.Who?.Subject, signal.Session?.Value, signal.Whom?.Tenant,
        signal.Whom?.Client, signal.What);
}
