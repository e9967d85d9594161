using OrleansMcp.Signals;

namespace OrleansMcp.Auditing;

/// <summary>Where audit entries go: to each sink that is registered, the store's among them.</summary>
public interface IAuditSink
{
    /// <summary>
    /// Whether the store appends receipts here by itself, in one commit with the end of a session (<see cref="Signal.IsAudited"/>). A sink of
    /// the application's gets them as any other entry.
    /// </summary>
    bool HoldsReceipts => false;

    /// <summary>Appends an entry. Never throws: an audit that cannot be written is itself logged.</summary>
    void Append(AuditEntry entry);
}
