using System.Collections.Concurrent;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Embedded.Tenants;

/// <summary>One tenant: which sessions its clients have open, and what is left of their budgets.</summary>
internal sealed class EmbeddedTenant(string id, IConfigurationSource configuration, TimeProvider time) : ITenant
{
    private const int RetryAfterSeconds = 30;

    private readonly ConcurrentDictionary<string, ClientLedger> _clients = new(StringComparer.Ordinal);

    public ValueTask<SessionRefusal?> RegisterAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        if (configuration.Current.FindClient(id, client) is not { } registration)
        {
            return new(new SessionRefusal("client_unknown", "This client is not registered any more.", RetryAfterSeconds));
        }

        var cap = registration.Quotas.Sessions;
        return new(Ledger(client).TryAdd(session, cap)
            ? null
            : new SessionRefusal("quota_exceeded", $"This client may have {cap} sessions open at a time (quota sessions).", RetryAfterSeconds));
    }

    public ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        Ledger(client).Remove(session);
        return ValueTask.CompletedTask;
    }

    public ValueTask<CallLease> LeaseCallsAsync(string client, int wanted, CancellationToken cancellationToken)
    {
        var budget = configuration.Current.FindClient(id, client)?.Quotas.CallsPerMinute ?? 0;
        return new(Ledger(client).Lease(wanted, budget, time.GetUtcNow()));
    }

    public ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken) =>
        new([.. _clients.Where(pair => client is null || pair.Key == client).SelectMany(pair => pair.Value.List())]);

    /// <summary>Puts back a session that was found on disk at the start; it is open whatever the cap says by now.</summary>
    internal void Restore(string client, SessionKey session) => Ledger(client).TryAdd(session, int.MaxValue);

    private ClientLedger Ledger(string client) => _clients.GetOrAdd(client, static _ => new ClientLedger());
}
