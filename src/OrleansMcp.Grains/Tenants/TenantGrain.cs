using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Cutoffs;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Quotas;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Storage;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>
/// The grain of one <see cref="Tenant"/>: its ledgers in memory, its open sessions in the registry, and the expiry check that ends sessions
/// without calls.
/// </summary>
/// <remarks>Sessions register and take leases from outside its turns, too, while it is listed (<see cref="LocalTenants"/>).</remarks>
[Reentrant, RandomPlacement, GrainType(GrainType)]
internal sealed partial class TenantGrain : Grain, ITenantGrain
{
    /// <summary>The grain's type in the grain directory and in storage.</summary>
    public const string GrainType = "tenant";

    private const int AtOnce = 16;

    private readonly StoppedTenants _stopped;
    private readonly ISessionRegistry _registry;
    private readonly IConfigurationSource _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Tenant _tenant;
    private readonly LocalTenants _local;
    private readonly CutoffRound _round;
    private volatile bool _hasLeft;
    private Task? _tending;

    public TenantGrain(
        IGrainContext context, ISessionRegistry registry, IConfigurationSource configuration, SessionFactory sessions,
        ILedgerStore ledgers, IRecordStore records, ISessionDirectory directory, CutoffRound round, ISignals signals, StoppedTenants stopped, LocalTenants local, ILogger<TenantGrain> logger)
    {
        (_registry, _configuration, _time, _stopped, _local, _logger) = (registry, configuration, sessions.Time, stopped, local, logger);
        _round = round;
        Activation = new TenantActivation(context, sessions.Time);
        _tenant = new Tenant(Id(context), configuration, sessions.Time, ledgers, records, directory, signals, logger);
    }

    /// <summary>Tells whether this activation is confirmed, for direct calls.</summary>
    public TenantActivation Activation { get; }

    /// <summary>
    /// Whether this activation was deactivated and grants nothing any more. The next activation decides about requests that it refuses.
    /// </summary>
    public bool HasLeft => _hasLeft;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // No timer here: ExpiryService calls the expiry check, so an unused activation may be collected.
        foreach (var session in await ListedAsync(cancellationToken))
        {
            _tenant.Restore(session);
        }

        await LoadCutoffsAsync(cancellationToken);
        _local.Add(this.GetPrimaryKeyString(), this);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _local.Remove(this.GetPrimaryKeyString(), this);
        _hasLeft = true;
        return _tenant.CloseAsync();
    }

    public async Task<SessionRefusal?> RegisterAsync(SessionOwner owner, SessionKey session, DateTimeOffset openedAt)
    {
        if (IsStopped)
        {
            return TenantStoppedException.Refusal;
        }

        try
        {
            if (await _tenant.RegisterAsync(owner, session, openedAt, CancellationToken.None) is { } refusal)
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
            await WatchAsync(owner.Client, session);
            return null;
        }
        catch
        {
            await _tenant.UnregisterAsync(owner.Client, session, CancellationToken.None);
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
            _tenant.Postpone(client, session, _time.GetUtcNow()); // Checked again at the next expiry check, and not only after its idle time.
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
            // The state that the session is about to write must also count after the loss of this activation.
            await AddAsync(request.Client, request.Session, _tenant.DueAt(request.Client, request.Session) ?? NextDue());
        }

        return lease;
    }

    public async Task<QuotaRefusal?> CountRequestsAsync(string client, long requests) =>
        IsStopped ? null : await _tenant.CountRequestsAsync(client, requests, CancellationToken.None);

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
                // The session has ended and could not unregister itself, or was never opened, or its record is lost.
                await UnregisterAsync(client, session);
            }
        }
        catch (Exception e)
        {
            // Tried again at the next check. A session that cannot be reached must not keep others from being ended.
            LogFailed(_logger, e, session.Value);
        }
    }

    private DateTimeOffset NextDue() => _time.GetUtcNow() + _configuration.Current.Sessions.IdleTimeout;

    private Task AddAsync(string client, SessionKey session, DateTimeOffset due) => _registry.AddAsync(
        this.GetPrimaryKeyString(), _tenant.Describe(client, session, due), CancellationToken.None);

    /// <summary>Runs a step that needs the tenant's ledgers.</summary>
    /// <exception cref="IOException">Stored data of the tenant is damaged, or the ledgers cannot be read or written.</exception>
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
    /// Stops the tenant if its ledgers are damaged. Deactivates this activation if another one has written the ledgers: the next call
    /// reaches that one, or a new activation that reads what it wrote.
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
