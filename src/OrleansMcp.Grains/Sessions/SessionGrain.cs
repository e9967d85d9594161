using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage;
using OrleansMcp.Tenants;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// The home of one session actor: brings it to life from its record, passes calls, takes it away. All that a session decides is decided by
/// the actor inside.
/// </summary>
/// <remarks>
/// Reentrant: an end, a cancel, a ping or an answer to an elicitation gets through while a call waits. The actor guards itself; the grain's
/// turns order only what the grain keeps. Kept alive, because Orleans does not see the calls that <see cref="Directory.LocalSession"/> makes:
/// <see cref="PassivationService"/> takes it out of memory. Placed at random: sessions are small and alike, and a client's gateway changes with every
/// request, so no silo is nearer than another.
/// </remarks>
[Reentrant, RandomPlacement, KeepAlive, GrainType(GrainType)]
internal sealed partial class SessionGrain : Grain, ISessionGrain
{
    /// <summary>The name in directories and storage.</summary>
    public const string GrainType = "session";

    private static readonly TimeSpan s_watch = TimeSpan.FromSeconds(15);

    private readonly SessionFactory _sessions;
    private readonly ITenantDirectory _tenants;
    private readonly Catalogue _catalogue;
    private readonly ILogger _logger;
    private readonly GrainSessionStore _store;
    private readonly SessionKey _key;
    private readonly Deliveries _deliveries = new();
    private readonly Readers _readers = new();
    private readonly Activations _activations;
    private readonly PassivationService _clock;
    private readonly IGrainFactory _grains;
    private readonly StoppedTenants _stopped;

    private Session _session = null!; // null until the claim
    private IGrainTimer? _watch;

    public SessionGrain(
        SessionFactory sessions, Catalogue catalogue, IGrainContext context, IGrainFactory grains, ITenantDirectory tenants, Activations activations,
        PassivationService clock, StoppedTenants stopped, IConfigurationSource configuration, [FromKeyedServices(SessionStorage.Name)] IGrainStorage storage, ILogger<SessionGrain> logger)
    {
        (_sessions, _catalogue, _tenants, _logger, _activations) = (sessions, catalogue, tenants, logger, activations);
        (_clock, _grains, _stopped) = (clock, grains, stopped);
        _key = new SessionKey(context.GrainId.Key.ToString()!);
        _store = new GrainSessionStore(storage, context.GrainId)
        {
            Time = sessions.Time,
            Creating = RegisterPrincipalAsync,
            DueAt = record => configuration.Current.Sessions.DueAt(record.LastActiveAt, record.ExpiresAt),
        };
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_activation is not null)
        {
            _activations.Remove(_activation);
            _clock.Remove(_activation);
        }

        if (_session is not null)
        {
            await Task.Run(_session.LeaveAsync, cancellationToken); // Waits for what one that leaves by itself still writes.
        }
    }

    public async Task<DateTimeOffset?> CheckExpiryAsync()
    {
        if (await IsStoppedAsync())
        {
            return DateTimeOffset.MaxValue; // Its place is kept: whether there is a session is not known.
        }

        try
        {
            if (await _session.EndIfOverdueAsync() is null && _session.Exists)
            {
                return _session.DueAt;
            }
        }
        catch (SessionPassivatedException)
        {
            return _sessions.Time.GetUtcNow(); // Its next activation is asked, at the next stroke.
        }

        DeactivateOnIdle();
        return null;
    }

    private async Task RegisterPrincipalAsync(SessionRecord record)
    {
        if (!_key.IsPrincipal)
        {
            return;
        }

        var tenant = _grains.GetGrain<ITenantGrain>(record.Owner.Tenant);
        try
        {
            await GrainRetry.RunAsync(async () =>
            {
                await tenant.WatchAsync(record.Owner.Client, _key);
                return true;
            });
        }
        catch (SessionUnavailableException e)
        {
            throw new IOException("The tenant of the session cannot be reached.", e);
        }
    }

    /// <summary>From any thread, and as early as the session can retire: a configuration may revoke it before it is published.</summary>
    private void LeaveMemory() =>
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The session has left."));

    /// <summary>Readers that lost their front end are let go.</summary>
    private void WatchReaders() => _watch ??= this.RegisterGrainTimer(
        WatchAsync, new GrainTimerCreationOptions { DueTime = s_watch, Period = s_watch, Interleave = true });

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await _readers.ExpireAsync(SessionTimings.ReaderExpiry);
        if (!_readers.Any)
        {
            _watch?.Dispose();
            _watch = null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The actor of tenant {Tenant} could not be told that the tenant is stopped.")]
    private static partial void LogNotTold(ILogger logger, Exception exception, string tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record of session {Session} could not be claimed.")]
    private static partial void LogUnclaimed(ILogger logger, Exception exception, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A delivery to session {Session} came {Milliseconds} ms late and was not run.")]
    private static partial void LogLate(ILogger logger, string session, long milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of session {Session} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);
}
