using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Policies.Counters;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The home of one tenant actor: its ledgers in memory, its open sessions in the registry, and a clock that ends the sessions whose time is
/// over although nobody calls them.
/// </summary>
[Reentrant, RandomPlacement, GrainType("tenant")]
internal sealed partial class TenantGrain : Grain, ITenantGrain
{
    private const int AtOnce = 16;

    private readonly ISessionRegistry _registry;
    private readonly IConfigurationSource _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Tenant _tenant;
    private readonly Dictionary<SessionKey, DateTimeOffset> _due = [];
    private Task? _tending;

    public TenantGrain(
        IGrainContext context, ISessionRegistry registry, IConfigurationSource configuration, SessionHost host, ILogger<TenantGrain> logger)
    {
        (_registry, _configuration, _time, _logger) = (registry, configuration, host.Time, logger);
        _tenant = new Tenant(Id(context), configuration, host.Time);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The clock of a tenant is kept going from outside (see TenantClock): an activation that nobody needs may leave.
        foreach (var session in await _registry.LoadAsync(this.GetPrimaryKeyString(), cancellationToken))
        {
            if (!session.Key.IsPrincipal)
            {
                _tenant.Restore(session.Client, session.Key);
            }

            _due[session.Key] = session.DueAt;
        }
    }

    public async Task<SessionRefusal?> RegisterAsync(string client, SessionKey session)
    {
        if (await _tenant.RegisterAsync(client, session, CancellationToken.None) is { } refusal)
        {
            return refusal;
        }

        try
        {
            await WatchAsync(client, session);
            return null;
        }
        catch
        {
            await _tenant.UnregisterAsync(client, session, CancellationToken.None);
            throw;
        }
    }

    public async Task WatchAsync(string client, SessionKey principal)
    {
        var due = _time.GetUtcNow() + _configuration.Current.Sessions.IdleTimeout;
        await _registry.AddAsync(this.GetPrimaryKeyString(), new RegisteredSession(client, principal, due), CancellationToken.None);
        _due[principal] = due;
    }

    public async Task UnregisterAsync(string client, SessionKey session)
    {
        await _registry.RemoveAsync(this.GetPrimaryKeyString(), session, CancellationToken.None);
        await _tenant.UnregisterAsync(client, session, CancellationToken.None);
        _due.Remove(session);
    }

    public async Task<CallLease> LeaseCallsAsync(string client, int wanted) =>
        await _tenant.LeaseCallsAsync(client, wanted, CancellationToken.None);

    public async Task<CounterGrant> ReserveAsync(CounterReservation reservation) =>
        await _tenant.ReserveAsync(reservation, CancellationToken.None);

    public async Task ReturnAsync(CounterReservation reservation, CounterGrant grant) =>
        await _tenant.ReturnAsync(reservation, grant, CancellationToken.None);

    public async Task<SessionKey[]> ListSessionsAsync(string? client) =>
        [.. await _tenant.ListSessionsAsync(client, CancellationToken.None)];

    public async Task TendAsync()
    {
        if (_tending is null)
        {
            _tending = TendDueAsync();
            try
            {
                await _tending;
            }
            finally
            {
                _tending = null;
            }
        }
    }

    private async Task TendDueAsync()
    {
        var now = _time.GetUtcNow();
        foreach (var some in _due.Where(pair => pair.Value <= now).Select(pair => pair.Key).Chunk(AtOnce).ToArray())
        {
            await Task.WhenAll(some.Select(TendAsync));
        }
    }

    private async Task TendAsync(SessionKey session)
    {
        try
        {
            if (await GrainFactory.GetGrain<ISessionGrain>(session.Value).TendAsync() is { } next)
            {
                _due[session] = next;
                return;
            }

            // It has ended, and told this actor; or it never came to be, or was lost, and its place is still taken.
            if (_due.Remove(session))
            {
                await _registry.RemoveAsync(this.GetPrimaryKeyString(), session, CancellationToken.None);
                _tenant.Forget(session);
            }
        }
        catch (Exception e)
        {
            // Tried again at the next stroke; one session that cannot be reached must not keep the others from their end.
            LogFailed(_logger, e, session.Value);
        }
    }

    private static string Id(IGrainContext context) => context.GrainId.Key.ToString()!;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be looked after.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);
}
