using OrleansMcp.Auditing;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// Where session records are kept. An operation that returns has happened durably; one that throws has left the former record
/// in place.
/// </summary>
public interface ISessionStore
{
    /// <summary>
    /// Whether an end is one commit here, by <see cref="EndAsync"/>. Where it is not, a record that says that the session has ended is
    /// written first, and deleted when the rest is done.
    /// </summary>
    bool AppendsReceipts => false;

    /// <summary>The record, or null when there is none. Creates nothing.</summary>
    /// <exception cref="SessionRecordException">There is one, and it is corrupt or belongs to another session or tenant.</exception>
    ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Writes the record, replacing the one before it.</summary>
    /// <exception cref="IOException">It could not be made durable; the former record stands.</exception>
    ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// The same, as the last act of an activation that leaves in order: nobody is to doubt the record's time of the last message.
    /// </summary>
    /// <exception cref="IOException">It could not be made durable; the former record stands.</exception>
    ValueTask SaveLeavingAsync(SessionRecord record, CancellationToken cancellationToken) => SaveAsync(record, cancellationToken);

    /// <summary>Removes the record. Harmless when there is none.</summary>
    ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the record and appends the receipt to the tenant's audit: both, or neither. False when there is no record; then nothing is
    /// appended.
    /// </summary>
    /// <exception cref="IOException">As far as anybody knows, neither has happened.</exception>
    ValueTask<bool> EndAsync(SessionKey key, AuditEntry receipt, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"This store appends no receipts: see {nameof(AppendsReceipts)}.");
}

/// <summary>A stored session cannot be read: that session is lost, and no other.</summary>
public sealed class SessionRecordException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another activation of the session owns the record: this one may acknowledge nothing more. Nothing was changed by it.</summary>
public sealed class SessionFencedException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// A former write, whose outcome was unknown, turned out to have happened: <paramref name="current"/> is the record that stands. The write
/// that found it out did not happen; it is made again on top of that record.
/// </summary>
public sealed class SessionRecordMovedException(SessionRecord current) : IOException("A former write has taken effect after all.")
{
    /// <summary>The record that stands.</summary>
    public SessionRecord Current { get; } = current;
}

/// <summary>The store cannot tell whether it made the write durable.</summary>
public sealed class SaveUnconfirmedException(string message, Exception? inner = null) : IOException(message, inner);
