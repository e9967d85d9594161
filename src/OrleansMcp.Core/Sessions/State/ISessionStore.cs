using OrleansMcp.Auditing;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// Stores session records. An operation that returns is durable. One that throws has changed nothing, unless its exception says that the
/// outcome is unknown.
/// </summary>
public interface ISessionStore
{
    /// <summary>
    /// Whether <see cref="EndAsync"/> ends a session in one commit. If not, the caller writes a record with
    /// <see cref="SessionRecord.Ended"/> first, and deletes it at the end.
    /// </summary>
    bool AppendsReceipts => false;

    /// <summary>The record, or null when there is none. Creates nothing.</summary>
    /// <exception cref="SessionRecordException">There is one, and it is corrupt or belongs to another session or tenant.</exception>
    ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Writes the record, replacing the one before it.</summary>
    /// <exception cref="SessionRecordTooLargeException">The record is larger than the store can hold.</exception>
    /// <exception cref="SaveUnconfirmedException">Whether the record was written is unknown.</exception>
    /// <exception cref="IOException">The record was not written.</exception>
    ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="SaveAsync"/>, for an activation that is passivated in order: the next activation trusts
    /// <see cref="SessionRecord.LastActiveAt"/>.
    /// </summary>
    /// <exception cref="SaveUnconfirmedException">Whether the record was written is unknown.</exception>
    /// <exception cref="IOException">The record was not written.</exception>
    ValueTask SaveLeavingAsync(SessionRecord record, CancellationToken cancellationToken) => SaveAsync(record, cancellationToken);

    /// <summary>Removes the record. Harmless when there is none.</summary>
    ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the record and appends the receipt to the tenant's audit in one commit. False when there is no record; then nothing is
    /// appended.
    /// </summary>
    /// <exception cref="IOException">The store did not confirm the commit.</exception>
    ValueTask<bool> EndAsync(SessionKey key, AuditEntry receipt, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"This store appends no receipts: see {nameof(AppendsReceipts)}.");
}

/// <summary>The stored record of a session cannot be read.</summary>
public sealed class SessionRecordException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another activation of the session owns the record. The write of this one changed nothing, and no later write will.</summary>
public sealed class SessionFencedException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// A former write, whose outcome was unknown, has happened: <paramref name="current"/> is the stored record. The write that threw did not
/// happen; the caller repeats its change on that record.
/// </summary>
public sealed class SessionRecordMovedException(SessionRecord current) : IOException("A former write has taken effect after all.")
{
    /// <summary>The stored record.</summary>
    public SessionRecord Current { get; } = current;
}

/// <summary>The record is larger than the store can hold: the change was not made, and will not be however often it is tried.</summary>
/// <param name="bytes">What it would take.</param>
/// <param name="limit">What it may take.</param>
public sealed class SessionRecordTooLargeException(int bytes, int limit)
    : IOException($"A session's record may take {limit} bytes; this change would make it {bytes}.");

/// <summary>The store did not say whether the write is durable.</summary>
public sealed class SaveUnconfirmedException(string message, Exception? inner = null) : IOException(message, inner);
