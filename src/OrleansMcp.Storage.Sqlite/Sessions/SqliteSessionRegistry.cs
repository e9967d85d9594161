using OrleansMcp.Sessions;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.Sqlite.Sessions;

/// <summary>The open sessions of a tenant are its session rows: what the grain storage writes and clears is listed, and nothing else is.</summary>
internal sealed class SqliteSessionRegistry(StoreDatabase database) : ISessionRegistry
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<RegisteredSession>> LoadAsync(string tenant, CancellationToken cancellationToken) =>
        await database.Readers.RunAsync(connection => SessionRow.List(connection, tenant), cancellationToken);

    /// <summary>Writes nothing: the session's row is the entry.</summary>
    public Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes nothing: the session's row is the entry.</summary>
    public Task RemoveAsync(string tenant, SessionKey session, CancellationToken cancellationToken) => Task.CompletedTask;
}
