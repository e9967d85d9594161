using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Finds tenant actors in this process and in the cluster.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="local">The activations in this process; null in a client of the cluster, which has none.</param>
internal sealed class ClusterTenants(IGrainFactory grains, LocalTenants? local = null) : ITenantDirectory
{
    private readonly GrainReferences<ITenantGrain> _references = new(grains);

    public ITenant Get(string tenant) => new ClusterTenant(tenant, _references.Get(tenant), local);
}

/// <summary>
/// A reference to a tenant. Calls are repeated while its silo is lost: each may happen twice, but a lease whose answer was lost counts as
/// spent.
/// </summary>
internal sealed partial class ClusterTenant(string id, ITenantGrain grain, LocalTenants? local) : ITenant
{
    /// <exception cref="TenantStoppedException">The tenant is stopped.</exception>
    public async ValueTask<SessionRefusal?> RegisterAsync(
        SessionOwner owner, SessionKey session, DateTimeOffset openedAt, CancellationToken cancellationToken) =>
        await CallAsync(tenant => tenant.RegisterAsync(owner, session, openedAt), static _ => true) is { } refusal
            ? refusal.Code == TenantStoppedException.Code ? throw new TenantStoppedException() : refusal
            : null;

    public async ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken) => await CallAsync(
        async tenant =>
        {
            await tenant.UnregisterAsync(client, session);
            return true;
        },
        static _ => true);

    public async ValueTask<QuotaLease> LeaseAsync(QuotaRequest request, CancellationToken cancellationToken) =>
        await CallAsync(tenant => tenant.LeaseAsync(request), static lease => lease is { IsUnavailable: true, HasCharged: false });

    public async ValueTask<QuotaRefusal?> CountRequestsAsync(string client, long requests, CancellationToken cancellationToken) =>
        await CallAsync(tenant => tenant.CountRequestsAsync(client, requests), static _ => false);

    public async ValueTask<IReadOnlyList<QuotaLeft>> ReadQuotasAsync(string client, SessionKey session, CancellationToken cancellationToken) =>
        await GrainRetry.RunAsync(() => grain.ReadQuotasAsync(client, session));

    public async ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken) =>
        await GrainRetry.RunAsync(() => grain.ReserveAsync(reservation));

    public async ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken) =>
        await GrainRetry.RunAsync(
            async () =>
            {
                await grain.ReturnAsync(reservation, grant);
                return true;
            });

    public async ValueTask<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld, CancellationToken cancellationToken) =>
        await GrainRetry.RunSettledAsync(() => grain.KeepAsync(client, name, bytes, isHeld)); // An earlier size must not arrive after a later one.

    public async ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken) =>
        await GrainRetry.RunAsync(() => grain.ListSessionsAsync(client));

    /// <summary>
    /// Calls the tenant's activation in this process directly, otherwise its grain. If the activation is deactivated meanwhile, the call is
    /// repeated with the next one, which may have loaded the tenant's sessions before this call changed them, and which decides about
    /// refused requests.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="isVoid">Whether the result of an activation that was deactivated meanwhile is discarded. An exception always is.</param>
    private async ValueTask<T> CallAsync<T>(Func<ITenantGrain, Task<T>> call, Func<T, bool> isVoid)
    {
        if (local?.Find(id) is { } near)
        {
            try
            {
                var result = await call(near);
                if (!near.HasLeft || !isVoid(result))
                {
                    return result;
                }
            }
            catch (IOException) when (near.HasLeft)
            {
                // The call granted nothing.
            }
        }

        return await GrainRetry.RunAsync(() => call(grain));
    }
}
