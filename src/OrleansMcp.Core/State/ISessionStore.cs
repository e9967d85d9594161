using OrleansMcp.Sessions;

namespace OrleansMcp.State;

/// <summary>
/// Where session records are kept. An operation that returns has happened durably; one that throws has left the former record
/// in place.
/// </summary>
public interface ISessionStore
{
    /// <summary>The record, or null when there is none. Creates nothing.</summary>
    /// <exception cref="SessionRecordException">There is one, and it is corrupt or belongs to another session.</exception>
    ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Writes the record, replacing the one before it.</summary>
    /// <exception cref="IOException">It could not be made durable; the former record stands.</exception>
    ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken);

    /// <summary>Removes the record. Harmless when there is none.</summary>
    ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken);
}

/// <summary>A stored session cannot be read: that session is lost, and no other.</summary>
public sealed class SessionRecordException(string message, Exception? inner = null) : Exception(message, inner);
