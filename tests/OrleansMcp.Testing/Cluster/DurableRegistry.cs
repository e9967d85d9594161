using System.Collections.Concurrent;
using OrleansMcp.Sessions;
using OrleansMcp.Storage;
using OrleansMcp.Tenants;

namespace OrleansMcp.Tests.Cluster;

/// <summary>The registry of open sessions, outliving the cluster of a test.</summary>
internal sealed class DurableRegistry : ISessionRegistry
{
    private readonly ConcurrentDictionary<(string Tenant, SessionKey Key), RegisteredSession> _rows = new();

    public IEnumerable<SessionKey> Keys => _rows.Keys.Select(row => row.Key);

    /// <summary>The tenant whose list is damaged, if any.</summary>
    public string? Damaged { get; set; }

    /// <summary>Nothing can be removed.</summary>
    public bool KeepsAll { get; set; }

    public Task<IReadOnlyList<RegisteredSession>> LoadAsync(string tenant, CancellationToken cancellationToken) => tenant == Damaged
        ? Task.FromException<IReadOnlyList<RegisteredSession>>(StoreDamagedException.OfRow("sessions", "a row", "its checksum does not fit"))
        : Task.FromResult<IReadOnlyList<RegisteredSession>>([.. _rows.Where(row => row.Key.Tenant == tenant).Select(row => row.Value)]);

    public void Clear()
    {
        (Damaged, KeepsAll) = (null, false);
        _rows.Clear();
    }

    public Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken)
    {
        _rows[(tenant, session.Key)] = session;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string tenant, SessionKey session, CancellationToken cancellationToken)
    {
        if (KeepsAll)
        {
            return Task.FromException(new IOException("The registry does not answer."));
        }

        _rows.TryRemove((tenant, session), out _);
        return Task.CompletedTask;
    }
}
