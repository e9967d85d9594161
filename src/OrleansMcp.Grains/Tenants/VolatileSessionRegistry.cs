using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Stores nothing, for clusters that keep their state in memory: the loss of the tenant's silo loses its list of sessions.</summary>
internal sealed class VolatileSessionRegistry : ISessionRegistry
{
    public Task<IReadOnlyList<RegisteredSession>> LoadAsync(string tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RegisteredSession>>([]);

    public Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAsync(string tenant, SessionKey session, CancellationToken cancellationToken) => Task.CompletedTask;
}
