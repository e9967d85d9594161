using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The grain interface of a tenant actor, keyed by the tenant's id.</summary>
[Alias("orleansmcp.ITenantGrain")]
internal partial interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Registers a new session. Null, or why the client may not open one.</summary>
    [Alias("admit")]
    Task<SessionRefusal?> RegisterAsync(SessionOwner owner, SessionKey session, DateTimeOffset openedAt);

    /// <summary>Watches the actor of a principal for expiry. It does not count as a session.</summary>
    [Alias("watch")]
    Task WatchAsync(string client, SessionKey principal);

    /// <summary>Unregisters a session.</summary>
    [Alias("unregister")]
    Task UnregisterAsync(string client, SessionKey session);

    /// <summary>Grants leases to a session.</summary>
    [Alias("lease")]
    Task<QuotaLease> LeaseAsync(QuotaRequest request);

    Task<QuotaRefusal?> CountRequestsAsync(string client, long requests);

    /// <summary>What is left of the quotas of a session.</summary>
    [Alias("quotas")]
    Task<QuotaLeft[]> ReadQuotasAsync(string client, SessionKey session);

    /// <summary>Counts a call in shared policy counters.</summary>
    [Alias("reserve")]
    Task<CounterGrant> ReserveAsync(CounterReservation reservation);

    /// <summary>Returns what a call has reserved.</summary>
    [Alias("return")]
    Task ReturnAsync(CounterReservation reservation, CounterGrant grant);

    /// <summary>Announces the size of a namespace of records.</summary>
    [Alias("keep")]
    Task<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld);

    /// <summary>The open sessions of a client, or of all when null.</summary>
    [Alias("list")]
    Task<SessionKey[]> ListSessionsAsync(string? client);

    /// <summary>Checks the sessions that are due for expiry. Also activates the tenant after the cluster started.</summary>
    [Alias("tend")]
    Task CheckExpiryAsync();

    /// <summary>Stops the tenant, because stored data of it was found damaged.</summary>
    [Alias("stop")]
    Task StopAsync(string problem);
}
