using OrleansMcp.Policies.Counters;
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
    /// Takes up to <paramref name="wanted"/> calls from the client's budget of the current minute, for a session to spend locally.
    /// What is not spent by <see cref="CallLease.Until"/> counts as spent.
    /// </summary>
    ValueTask<CallLease> LeaseCallsAsync(string client, int wanted, CancellationToken cancellationToken);

    /// <summary>
    /// Counts a call in the policy counters that the sessions of the tenant or of a client share, all of them or none. A repeated delivery
    /// counts once.
    /// </summary>
    ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken);

    /// <summary>Gives back what a call that failed had reserved. A repeated delivery changes nothing.</summary>
    ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken);

    /// <summary>The open sessions of a client, or of all clients when null.</summary>
    ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken);
}

/// <summary>Calls a session may admit by itself.</summary>
/// <param name="Calls">How many; 0 when the budget of the window is used up.</param>
/// <param name="Until">End of the window, UTC: unspent calls are void from then on, and a refused caller may try again.</param>
public readonly record struct CallLease(int Calls, DateTimeOffset Until);

/// <summary>Finds tenants by id.</summary>
public interface ITenantDirectory
{
    /// <summary>A reference to the tenant.</summary>
    ITenant Get(string tenant);
}
