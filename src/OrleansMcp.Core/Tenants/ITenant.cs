using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Cutoffs;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tenants;

/// <summary>
/// The state that the sessions of one tenant share: open sessions, quota ledgers of clients, cached tool results, tool log.
/// </summary>
public interface ITenant : ITenantCache, ITenantToolLog, ITenantCutoffs, ITenantPins, ITenantUsage
{
    /// <summary>
    /// Claims a place for a new session. Null when granted, otherwise the refusal and when to retry.
    /// </summary>
    /// <param name="owner">The owner of the session.</param>
    /// <param name="session">The session.</param>
    /// <param name="openedAt">When it opens, as its record will say, UTC.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    ValueTask<SessionRefusal?> RegisterAsync(SessionOwner owner, SessionKey session, DateTimeOffset openedAt, CancellationToken cancellationToken);

    /// <summary>Releases the place of a session. Does nothing when there is none.</summary>
    ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken);

    /// <summary>
    /// Leases amounts of the client's and the tenant's budgets to a session, which spends them locally. What is not spent by
    /// <see cref="QuotaLease.Until"/> counts as spent.
    /// </summary>
    ValueTask<QuotaLease> LeaseAsync(QuotaRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Counts requests of a client that a process has admitted (<see cref="Quotas.Requests.RequestMeter"/>). Null while the client and the tenant
    /// have some left. Stores nothing.
    /// </summary>
    ValueTask<QuotaRefusal?> CountRequestsAsync(string client, long requests, CancellationToken cancellationToken);

    /// <summary>Reads what is left of the quotas of a session, its client and its tenant.</summary>
    /// <exception cref="IOException">The ledgers cannot be read.</exception>
    ValueTask<IReadOnlyList<QuotaLeft>> ReadQuotasAsync(string client, SessionKey session, CancellationToken cancellationToken);

    /// <summary>
    /// Counts a call in the policy counters that the sessions of the tenant or of a client share, in all of them or in none. A repeated
    /// delivery counts once.
    /// </summary>
    ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken);

    /// <summary>Returns the reservation of a failed call. A repeated delivery changes nothing.</summary>
    ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken);

    /// <summary>
    /// Charges the state of a namespace of records of <paramref name="client"/> to the state quotas of client and tenant. The charge lasts,
    /// over restarts too, until the namespace announces less.
    /// </summary>
    /// <param name="client">The namespace's owner.</param>
    /// <param name="name">The namespace.</param>
    /// <param name="bytes">What it is to hold, bytes.</param>
    /// <param name="isHeld">Whether it holds that already: then it is not refused.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="IOException">The ledgers cannot be read or written.</exception>
    ValueTask<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld, CancellationToken cancellationToken);

    /// <summary>Lists the open sessions of a client, or of all clients when null.</summary>
    ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken);
}

/// <summary>Finds tenants by id.</summary>
public interface ITenantDirectory
{
    /// <summary>Returns a reference to the tenant.</summary>
    ITenant Get(string tenant);
}
