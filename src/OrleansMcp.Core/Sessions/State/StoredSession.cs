using OrleansMcp.Auditing;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// The grain state of a session: its record, the epoch of the activation that may write it, and columns that a store can query without
/// parsing the record. A plain type, so that any storage provider of Orleans can store it.
/// </summary>
public sealed class StoredSession
{
    /// <summary>The record, as <see cref="SessionRecordFormat"/> writes it.</summary>
    public byte[] Record { get; set; } = [];

    /// <summary>Raised by every activation before it serves, which changes the ETag: an activation with a lower epoch is fenced.</summary>
    public long Epoch { get; set; }

    /// <summary>Whether the activation that wrote this was passivated in order, so that <see cref="SessionRecord.LastActiveAt"/> is exact.</summary>
    public bool IsAsleep { get; set; }

    /// <summary>The owner's tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The owner's client.</summary>
    public string Client { get; set; } = "";

    /// <summary>When to check the session for expiry, UTC.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>The size of the session's own state, bytes.</summary>
    public long StateBytes { get; set; }

    /// <summary>
    /// The audit entry of the session's end. Set before the state is cleared, and never stored: a storage that is an
    /// <see cref="IReceiptAppendingStorage"/> appends it to the tenant's audit in the commit that deletes the state.
    /// </summary>
    public AuditEntry? Receipt { get; set; }
}

/// <summary>
/// A grain storage that clears the state and appends the receipt (<see cref="StoredSession.Receipt"/>) to the audit in one commit. With any
/// other storage the caller marks the record as ended, deletes it, and sends the receipt to the <see cref="IAuditSink"/>.
/// </summary>
public interface IReceiptAppendingStorage;
