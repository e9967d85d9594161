using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The tenant actor as the cluster sees it, keyed by the tenant's id.</summary>
[Alias("orleansmcp.ITenantGrain")]
internal partial interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Claims a place for a new session.</summary>
    [Alias("register")]
    Task<SessionRefusal?> RegisterAsync(string client, SessionKey session);

    /// <summary>Takes care of the actor of a principal, which takes no place.</summary>
    [Alias("watch")]
    Task WatchAsync(string client, SessionKey principal);

    /// <summary>Gives a place back.</summary>
    [Alias("unregister")]
    Task UnregisterAsync(string client, SessionKey session);

    /// <summary>Takes leases for a session.</summary>
    [Alias("lease")]
    Task<QuotaLease> LeaseAsync(QuotaRequest request);

    /// <summary>What is left of the quotas of a session.</summary>
    [Alias("quotas")]
    Task<QuotaLeft[]> ReadQuotasAsync(string client, SessionKey session);

    /// <summary>Counts a call in shared policy counters.</summary>
    [Alias("reserve")]
    Task<CounterGrant> ReserveAsync(CounterReservation reservation);

    /// <summary>Gives back what a call had reserved.</summary>
    [Alias("return")]
    Task ReturnAsync(CounterReservation reservation, CounterGrant grant);

    /// <summary>Says how much a namespace of records holds.</summary>
    [Alias("keep")]
    Task<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld);

    /// <summary>The open sessions of a client, or of all when null.</summary>
    [Alias("list")]
    Task<SessionKey[]> ListSessionsAsync(string? client);

    /// <summary>Looks after the sessions that are due. Also what brings a tenant to life after the cluster started.</summary>
    [Alias("tend")]
    Task CheckExpiryAsync();

    /// <summary>Stops the tenant: something in the store that belongs to it was found damaged.</summary>
    [Alias("stop")]
    Task StopAsync(string problem);
}
