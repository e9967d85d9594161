using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>
/// The durable list of a tenant's open sessions, from which a tenant actor is restored. One entry per session, so that opening a session
/// costs the same however many others are open.
/// </summary>
/// <remarks>
/// A session is listed once its state was written to the grain storage and <see cref="AddAsync"/> returned; it is not listed once its state
/// was cleared and <see cref="RemoveAsync"/> returned. In between <see cref="LoadAsync"/> may or may not list it. Where the session's row
/// is the entry (SQLite), adding and removing write nothing; where the registry is a table of its own, the grain storage does not write it.
/// So callers always do both.
/// </remarks>
public interface ISessionRegistry
{
    /// <summary>Reads all entries of a tenant, in any order.</summary>
    /// <exception cref="IOException">The entries cannot be read at the moment, or one of them is damaged
    /// (<see cref="Storage.StoreDamagedException"/>).</exception>
    Task<IReadOnlyList<RegisteredSession>> LoadAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Adds or replaces an entry.</summary>
    Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken);

    /// <summary>Removes an entry. Does nothing when there is none.</summary>
    Task RemoveAsync(string tenant, SessionKey session, CancellationToken cancellationToken);
}

/// <summary>An open session.</summary>
/// <param name="Client">The client that owns it.</param>
/// <param name="Key">Its key.</param>
/// <param name="DueAt">When to check it for expiry, UTC.</param>
/// <param name="StateBytes">How much state it may keep, bytes.</param>
public sealed record RegisteredSession(string Client, SessionKey Key, DateTimeOffset DueAt, long StateBytes = 0);
