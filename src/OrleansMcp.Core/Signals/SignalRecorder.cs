using System.Globalization;
using Microsoft.Extensions.Logging;
using OrleansMcp.Auditing;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Signals;

/// <summary>Writes each signal to the metrics, the log and the audit under its one name.</summary>
/// <remarks>
/// Signals that cost the sender nothing (made-up ids, requests from pages of a foreign origin) reach the log and the audit once a minute and
/// client, with the number of times; the metric counts them all. The same holds for attempts of a throttled client. Otherwise an attacker
/// could fill the disk.
/// </remarks>
internal sealed partial class SignalRecorder(
    SessionMetrics metrics, TenantMetrics tenants, AttemptThrottle attempts, DenialWatch denials, IEnumerable<IAuditSink> audits, TimeProvider time, ILogger<SignalRecorder> logger) : ISignals
{
    private readonly LogThrottle _cheap = new();
    private readonly IAuditSink[] _audits = [.. audits];

    public void Raise(Signal signal)
    {
        metrics.Signaled(signal);
        if (signal is { Name: SignalName.QuotaExceeded, Who: { } refused })
        {
            tenants.Refused(refused.Tenant);
        }

        if (denials.Alert(signal) is { } alert)
        {
            Raise(alert);
        }

        var suppressed = 0L;
        if ((attempts.Counts(signal) | IsCheap(signal.Name))
            && !_cheap.Admits(signal.Name, signal.Who?.Tenant, signal.Who?.Client, time.GetUtcNow(), out suppressed))
        {
            return;
        }

        if (suppressed > 0)
        {
            signal = signal with { What = string.Create(CultureInfo.InvariantCulture, $"{signal.What} (and {suppressed} more since the last entry)") };
        }

        var (who, whom) = (signal.Who, signal.Whom);
        if (signal.Name == SignalName.SessionEnded)
        {
            LogRoutine(logger, signal.Name, who?.Tenant ?? whom?.Tenant, who?.Client ?? whom?.Client, signal.What);
        }
        else if (who is not null)
        {
            LogSignal(logger, signal.Name, who.Tenant, who.Client, signal.What);
        }
        else
        {
            LogAnonymous(logger, signal.Name, signal.What);
        }

        var entry = AuditEntry.Of(signal, time.GetUtcNow());
        foreach (var audit in _audits)
        {
            if (!signal.IsAudited || !audit.HoldsReceipts)
            {
                audit.Append(entry);
            }
        }
    }

    private static bool IsCheap(string name) => name is SignalName.ForgedSessionId or SignalName.OriginRejected or SignalName.QuotaExceeded
        or SignalName.PermissionDenied or SignalName.PolicyDenied or SignalName.StaleRead or SignalName.SchemaMismatch or SignalName.CredentialMismatch;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Signal} by {Tenant}/{Client}: {What}")]
    private static partial void LogSignal(ILogger logger, string signal, string tenant, string client, string? what);

    // By a caller that is not known, or by an operator, whom the words name.
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Signal}: {What}")]
    private static partial void LogAnonymous(ILogger logger, string signal, string? what);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Signal} of {Tenant}/{Client}: {What}")]
    private static partial void LogRoutine(ILogger logger, string signal, string? tenant, string? client, string? what);
}
