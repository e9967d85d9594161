using OrleansMcp.Auditing;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// A session's record as a grain storage holds it, which activation may write it, and what a store needs to find it without reading the
/// record. A plain type, so that any storage provider of Orleans can hold it.
/// </summary>
public sealed class StoredSession
{
    /// <summary>The record, as <see cref="SessionRecordFormat"/> writes it.</summary>
    public byte[] Record { get; set; } = [];

    /// <summary>Raised by every activation before it serves: an activation that wrote under a lower one is fenced off.</summary>
    public long Epoch { get; set; }

    /// <summary>The activation that wrote this left in order: the record's time of the last message is true.</summary>
    public bool IsAsleep { get; set; }

    /// <summary>The owner's tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The owner's client.</summary>
    public string Client { get; set; } = "";

    /// <summary>When to see whether the session's time is over, UTC.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>What the session's own state takes, bytes.</summary>
    public long StateBytes { get; set; }

    /// <summary>
    /// The audit entry of the session's end. Set before the state is cleared, and never stored with it: a storage that is an
    /// <see cref="IReceiptAppendingStorage"/> appends it to the tenant's audit in the commit that deletes the state.
    /// </summary>
    public AuditEntry? Receipt { get; set; }
}

/// <summary>
/// A grain storage whose clear is one commit with the receipt (<see cref="StoredSession.Receipt"/>): after it either the session is gone and
/// its end is in the audit, or neither. With any other storage the caller marks the record as ended, deletes it, and tells the
/// <see cref="IAuditSink"/>.
/// </summary>
public interface IReceiptAppendingStorage;
