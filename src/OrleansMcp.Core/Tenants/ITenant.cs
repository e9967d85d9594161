using OrleansMcp.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>What the sessions of one tenant share: the registry of open sessions and the quota ledgers of its clients.</summary>
public interface ITenant
{
    /// <summary>
    /// Claims a place for a new session of <paramref name="client"/>. Null when granted, otherwise why not and when to come back.
    /// </summary>
    ValueTask<SessionRefusal?> RegisterAsync(string client, SessionKey session, CancellationToken cancellationToken);

    /// <summary>Gives the place back. Harmless when there is none.</summary>
    ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken);

    /// <summary>
    /// Takes leases for a session from its client's and tenant's budgets, for the session to spend locally. What is not spent by
    /// <see cref="QuotaLease.Until"/> counts as spent.
    /// </summary>
    ValueTask<QuotaLease> LeaseAsync(QuotaRequest request, CancellationToken cancellationToken);

    /// <summary>What is left of the quotas of a session, its client and its tenant.</summary>
    /// <exception cref="IOException">The ledgers cannot be read.</exception>
    ValueTask<IReadOnlyList<QuotaLeft>> ReadQuotasAsync(string client, SessionKey session, CancellationToken cancellationToken);

    /// <summary>
    /// Counts a call in the policy counters that the sessions of the tenant or of a client share, all of them or none. A repeated delivery
    /// counts once.
    /// </summary>
    ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken);

    /// <summary>Gives back what a call that failed had reserved. A repeated delivery changes nothing.</summary>
    ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken);

    /// <summary>
    /// Says how much a namespace of records of <paramref name="client"/> holds, against the quotas for state of client and tenant. What it
    /// holds counts from then on, over every restart, until it says less.
    /// </summary>
    /// <param name="client">Its owner.</param>
    /// <param name="name">Its name.</param>
    /// <param name="bytes">What it wants to hold, bytes.</param>
    /// <param name="isHeld">It holds that already: nothing is refused.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="IOException">The ledgers cannot be read or written.</exception>
    ValueTask<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld, CancellationToken cancellationToken);

    /// <summary>The open sessions of a client, or of all clients when null.</summary>
    ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken);
}

/// <summary>Finds tenants by id.</summary>
public interface ITenantDirectory
{
    /// <summary>A reference to the tenant.</summary>
    ITenant Get(string tenant);
}
