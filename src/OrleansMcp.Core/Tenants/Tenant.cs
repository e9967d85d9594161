using System.Collections.Concurrent;
using OrleansMcp.Configuration;
using OrleansMcp.Policies.Counters;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>The actor of one tenant: which sessions its clients have open, and what is left of their budgets.</summary>
/// <param name="id">The tenant's id.</param>
/// <param name="configuration">Where its clients and their quotas are registered.</param>
/// <param name="time">The clock of the windows.</param>
public sealed class Tenant(string id, IConfigurationSource configuration, TimeProvider time) : ITenant
{
    private const int RetryAfterSeconds = 30;

    private readonly ConcurrentDictionary<string, ClientLedger> _clients = new(StringComparer.Ordinal);
    private readonly WindowCounters _counters = new();

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        Ledger(client).Remove(session);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<CallLease> LeaseCallsAsync(string client, int wanted, CancellationToken cancellationToken)
    {
        var budget = configuration.Current.FindClient(id, client)?.Quotas.CallsPerMinute ?? 0;
        return new(Ledger(client).Lease(wanted, budget, time.GetUtcNow()));
    }

    /// <inheritdoc/>
    public ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken) =>
        new(_counters.Reserve(reservation, time.GetUtcNow()));

    /// <inheritdoc/>
    public ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken)
    {
        _counters.Return(reservation, grant, time.GetUtcNow());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken) =>
        new([.. _clients.Where(pair => client is null || pair.Key == client).SelectMany(pair => pair.Value.List())]);

    /// <summary>Puts back a session that was open before this actor began; it is open whatever the cap says by now.</summary>
    public void Restore(string client, SessionKey session) => Ledger(client).TryAdd(session, int.MaxValue);

    /// <summary>Gives back the place of a session that is gone, whosever it was.</summary>
    public void Forget(SessionKey session)
    {
        foreach (var ledger in _clients.Values)
        {
            ledger.Remove(session);
        }
    }

    private ClientLedger Ledger(string client) => _clients.GetOrAdd(client, static _ => new ClientLedger());
}
