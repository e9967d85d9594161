using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// Which sessions of a tenant are open, durably: what a tenant actor is rebuilt from. One entry a session, so that opening one costs the
/// same whatever the number of the others.
/// </summary>
public interface ISessionRegistry
{
    /// <summary>All entries of a tenant.</summary>
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

/// <summary>For clusters that keep their state in memory: what the silo of the tenant's actor forgets is forgotten.</summary>
internal sealed class VolatileSessionRegistry : ISessionRegistry
{
    public Task<IReadOnlyList<RegisteredSession>> LoadAsync(string tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RegisteredSession>>([]);

    public Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAsync(string tenant, SessionKey session, CancellationToken cancellationToken) => Task.CompletedTask;
}
