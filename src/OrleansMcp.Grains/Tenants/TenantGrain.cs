using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Storage;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The home of one tenant actor: its ledgers in memory, its open sessions in the registry, and a clock that ends the sessions whose time is
/// over although nobody calls them.
/// </summary>
/// <remarks>Places and leases are also asked for from outside its turns, while it is published (<see cref="LocalTenants"/>).</remarks>
[Reentrant, RandomPlacement, GrainType(GrainType)]
internal sealed partial class TenantGrain : Grain, ITenantGrain
{
    /// <summary>The name in directories and storage.</summary>
    public const string GrainType = "tenant";

    private const int AtOnce = 16;

    private readonly StoppedTenants _stopped;
    private readonly ISessionRegistry _registry;
    private readonly IConfigurationSource _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Tenant _tenant;
    private readonly LocalTenants _local;
    private volatile bool _hasLeft;
    private Task? _tending;

    public TenantGrain(
        IGrainContext context, ISessionRegistry registry, IConfigurationSource configuration, SessionFactory sessions,
        ILedgerStore ledgers, ISignals signals, StoppedTenants stopped, LocalTenants local, ILogger<TenantGrain> logger)
    {
        (_registry, _configuration, _time, _stopped, _local, _logger) = (registry, configuration, sessions.Time, stopped, local, logger);
        Activation = new TenantActivation(context, sessions.Time);
        _tenant = new Tenant(Id(context), configuration, sessions.Time, ledgers, signals, logger);
    }

    /// <summary>How this activation is known to be the tenant's.</summary>
    public TenantActivation Activation { get; }

    /// <summary>Whether it hands out nothing any more because it leaves: what it refuses since is another activation's to decide.</summary>
    public bool HasLeft => _hasLeft;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The clock of a tenant is kept going from outside (see ExpiryService): an activation that nobody needs may leave.
        foreach (var session in await ListedAsync(cancellationToken))
        {
            _tenant.Restore(session);
        }

        _local.Add(this.GetPrimaryKeyString(), this);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _local.Remove(this.GetPrimaryKeyString(), this);
        _hasLeft = true;
        return _tenant.CloseAsync();
    }

    public async Task<SessionRefusal?> RegisterAsync(string client, SessionKey session)
    {
        if (IsStopped)
        {
            return TenantStoppedException.Refusal;
        }

        try
        {
            if (await _tenant.RegisterAsync(client, session, CancellationToken.None) is { } refusal)
            {
                return refusal;
            }
        }
        catch (StoreDamagedException)
        {
            return TenantStoppedException.Refusal;
        }
        finally
        {
            Conclude();
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
        ThrowIfStopped();
        var due = NextDue();
        await AddAsync(client, principal, due);
        _tenant.Watch(client, principal, due);
    }

    public async Task UnregisterAsync(string client, SessionKey session)
    {
        try
        {
            await _registry.RemoveAsync(this.GetPrimaryKeyString(), session, CancellationToken.None);
        }
        catch (IOException)
        {
            _tenant.Postpone(client, session, _time.GetUtcNow()); // The next stroke of the clock looks after it, and not its idle time.
            throw;
        }

        await _tenant.UnregisterAsync(client, session, CancellationToken.None);
    }

    public async Task<QuotaLease> LeaseAsync(QuotaRequest request)
    {
        if (IsStopped)
        {
            return new QuotaLease(_time.GetUtcNow()) { IsUnavailable = true };
        }

        var lease = await _tenant.LeaseAsync(request, CancellationToken.None);
        Conclude();
        if (request.StateBytes >= 0 && lease is { Refusal: null, IsUnavailable: false })
        {
            // What the session is about to keep must count after the loss of this actor as well.
            await AddAsync(request.Client, request.Session, _tenant.DueAt(request.Client, request.Session) ?? NextDue());
        }

        return lease;
    }

    public async Task<QuotaLeft[]> ReadQuotasAsync(string client, SessionKey session) =>
        [.. await CoveredAsync(() => _tenant.ReadQuotasAsync(client, session, CancellationToken.None))];

    public Task<CounterGrant> ReserveAsync(CounterReservation reservation) =>
        CoveredAsync(() => _tenant.ReserveAsync(reservation, CancellationToken.None));

    public async Task ReturnAsync(CounterReservation reservation, CounterGrant grant) =>
        await _tenant.ReturnAsync(reservation, grant, CancellationToken.None);

    public Task<StateCharge> KeepAsync(string client, string name, long bytes, bool isHeld) =>
        CoveredAsync(() => _tenant.KeepAsync(client, name, bytes, isHeld, CancellationToken.None));

    public async Task<SessionKey[]> ListSessionsAsync(string? client) =>
        [.. await CoveredAsync(() => _tenant.ListSessionsAsync(client, CancellationToken.None))];

    public async Task CheckExpiryAsync()
    {
        if (_tending is null && !IsStopped)
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
        _tenant.Tidy();
        foreach (var some in _tenant.ListDue().Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(due => CheckExpiryAsync(due.Client, due.Session)));
        }
    }

    private async Task CheckExpiryAsync(string client, SessionKey session)
    {
        try
        {
            if (await GrainFactory.GetGrain<ISessionGrain>(session.Value).CheckExpiryAsync() is { } next)
            {
                _tenant.Postpone(client, session, next);
            }
            else if (_tenant.DueAt(client, session) is not null)
            {
                // It has ended, and could not tell this actor; or it never came to be, or was lost, and its place is still taken.
                await UnregisterAsync(client, session);
            }
        }
        catch (Exception e)
        {
            // Tried again at the next stroke; one session that cannot be reached must not keep the others from their end.
            LogFailed(_logger, e, session.Value);
        }
    }

    private DateTimeOffset NextDue() => _time.GetUtcNow() + _configuration.Current.Sessions.IdleTimeout;

    private Task AddAsync(string client, SessionKey session, DateTimeOffset due) => _registry.AddAsync(
        this.GetPrimaryKeyString(), _tenant.Describe(client, session, due), CancellationToken.None);

    /// <summary>Takes a step that needs the tenant's ledgers.</summary>
    /// <exception cref="IOException">They, or something else of the tenant, are damaged; or they cannot be read or written.</exception>
    private async Task<T> CoveredAsync<T>(Func<ValueTask<T>> step)
    {
        ThrowIfStopped();
        try
        {
            return await step();
        }
        finally
        {
            Conclude();
        }
    }

    /// <summary>
    /// Damaged ledgers stop the tenant. If another activation keeps them, this one leaves: the next call finds that one, or begins anew with
    /// what it wrote.
    /// </summary>
    private void Conclude()
    {
        if (_tenant.Damage is { } damage)
        {
            _stopped.Stop(this.GetPrimaryKeyString(), damage);
        }

        if (_tenant.IsFenced)
        {
            DeactivateOnIdle();
        }
    }

    private static string Id(IGrainContext context) => context.GrainId.Key.ToString()!;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be looked after.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);
}
