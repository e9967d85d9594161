using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>
/// Which sessions of a tenant are open, durably: what a tenant actor is rebuilt from. One entry a session, so that opening one costs the
/// same whatever the number of the others.
/// </summary>
/// <remarks>
/// A session is listed when its state was written to the grain storage and it was added here; it is not listed when its state was cleared
/// and it was removed here. In between either may be seen. Where the session's own row is the entry (SQLite), adding and removing write
/// nothing; where the registry is a table of its own, the grain storage does not touch it. So callers always do both.
/// </remarks>
public interface ISessionRegistry
{
    /// <summary>All entries of a tenant, in any order.</summary>
    /// <exception cref="IOException">They cannot be read at the moment, or one of them is damaged
    /// (<see cref="Storage.StoreDamagedException"/>).</exception>
    Task<IReadOnlyList<RegisteredSession>> LoadAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Adds an entry, or replaces it.</summary>
    Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken);

    /// <summary>Removes an entry. Harmless when there is none.</summary>
    Task RemoveAsync(string tenant, SessionKey session, CancellationToken cancellationToken);
}

/// <summary>An open session.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Key">Which it is.</param>
/// <param name="DueAt">When to see whether its time is over, UTC.</param>
/// <param name="StateBytes">How much state it may keep, bytes.</param>
public sealed record RegisteredSession(string Client, SessionKey Key, DateTimeOffset DueAt, long StateBytes = 0);
