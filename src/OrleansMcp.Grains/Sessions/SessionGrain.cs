using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Cutoffs;
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
/// The grain of one <see cref="Session"/>: makes it from its record, passes calls to it, and passivates it. All decisions about the session
/// are made by the <see cref="Session"/>.
/// </summary>
/// <remarks>
/// Reentrant: the end, a cancellation, a ping or the answer to an elicitation is processed while a call waits. The <see cref="Session"/> is
/// thread-safe; the grain's turns guard only the grain's own fields. Kept alive, because Orleans does not see the calls of
/// <see cref="Directory.LocalSession"/>: <see cref="PassivationService"/> passivates it. Placed at random: sessions are small and alike,
/// and a client's gateway may change with every request, so no silo is closer than another.
/// </remarks>
[Reentrant, RandomPlacement, KeepAlive, GrainType(GrainType)]
internal sealed partial class SessionGrain : Grain, ISessionGrain
{
    /// <summary>The grain's type in the grain directory and in storage.</summary>
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
    private readonly PassivationService _passivation;
    private readonly IGrainFactory _grains;
    private readonly StoppedTenants _stopped;
    private readonly LocalCutoffs _cutoffs;
    private readonly SessionIdIssuer _ids;

    private Session _session = null!; // set by the claim
    private IGrainTimer? _watch;

    public SessionGrain(
        SessionFactory sessions, Catalogue catalogue, IGrainContext context, IGrainFactory grains, ITenantDirectory tenants, Activations activations,
        PassivationService passivation, StoppedTenants stopped, LocalCutoffs cutoffs, SessionIdIssuer ids, IConfigurationSource configuration, [FromKeyedServices(SessionStorage.Name)] IGrainStorage storage, ILogger<SessionGrain> logger)
    {
        (_sessions, _catalogue, _tenants, _logger, _activations) = (sessions, catalogue, tenants, logger, activations);
        (_passivation, _grains, _stopped, _cutoffs, _ids) = (passivation, grains, stopped, cutoffs, ids);
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
            _passivation.Remove(_activation);
        }

        if (_session is not null)
        {
            await Task.Run(_session.LeaveAsync, cancellationToken); // Also waits for the last write of a session that is passivating.
        }
    }

    public async Task<DateTimeOffset?> CheckExpiryAsync()
    {
        if (await IsStoppedAsync())
        {
            return DateTimeOffset.MaxValue; // The place is kept, because it is not known whether the session exists.
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
            return _sessions.Time.GetUtcNow(); // The next expiry check asks the next activation.
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

    /// <summary>Deactivates the grain, because its session has ended or was passivated. Called from any thread.</summary>
    private void LeaveMemory() =>
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The session has left."));

    /// <summary>Starts a timer that removes readers whose front end is gone.</summary>
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The token of the caller of session {Session} could not be opened: it came late, or this process has other keys than its sender.")]
    private static partial void LogSealed(ILogger logger, string session);

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of session {Session} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);
}
