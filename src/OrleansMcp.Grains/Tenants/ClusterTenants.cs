using OrleansMcp.Grains.Directory;
using OrleansMcp.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Finds tenant actors in the cluster.</summary>
internal sealed class ClusterTenants(IGrainFactory grains) : ITenantDirectory
{
    public ITenant Get(string tenant) => new ClusterTenant(grains.GetGrain<ITenantGrain>(tenant));
}

/// <summary>
/// A reference to a tenant. Calls are repeated while its silo is lost: each may happen twice without harm, save that a lease that was
/// granted and not heard of is spent.
/// </summary>
internal sealed partial class ClusterTenant(ITenantGrain grain) : ITenant
{
    /// <exception cref="TenantStoppedException">The tenant is stopped.</exception>
    public async ValueTask<SessionRefusal?> RegisterAsync(string client, SessionKey session, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(() => grain.RegisterAsync(client, session)) is { } refusal
            ? refusal.Code == TenantStoppedException.Code ? throw new TenantStoppedException() : refusal
            : null;

    public async ValueTask UnregisterAsync(string client, SessionKey session, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(
            async () =>
            {
                await grain.UnregisterAsync(client, session);
                return true;
            });

    public async ValueTask<QuotaLease> LeaseAsync(QuotaRequest request, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(() => grain.LeaseAsync(request));

    public async ValueTask<IReadOnlyList<QuotaLeft>> ReadQuotasAsync(string client, SessionKey session, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(() => grain.ReadQuotasAsync(client, session));

    public async ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(() => grain.ReserveAsync(reservation));

    public async ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(
            async () =>
            {
                await grain.ReturnAsync(reservation, grant);
                return true;
            });

    public async ValueTask<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(() => grain.KeepAsync(client, name, bytes, isHeld));

    public async ValueTask<IReadOnlyList<SessionKey>> ListSessionsAsync(string? client, CancellationToken cancellationToken) =>
        await Repetition.RunAsync(() => grain.ListSessionsAsync(client));
}
