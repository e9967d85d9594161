using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// Makes the actor with the first call, from its record, of which this activation becomes the only writer. Opening a session reads nothing:
/// its key is new, and the store refuses a first record where there is one.
/// </summary>
internal sealed partial class SessionGrain
{
    private Task? _claiming;
    private SessionActivation? _activation; // null when the tenant is stopped

    /// <summary>Completes when this activation has claimed the record.</summary>
    /// <exception cref="UnclaimedException">The record could not be claimed. The activation is deactivated; the call was not run.</exception>
    private Task ClaimedAsync() => _claiming ??= ClaimOnceAsync();

    /// <summary>Makes the actor without a claim, for the first attempt to open a session.</summary>
    private void BeginUnclaimed()
    {
        if (_claiming is null)
        {
            Begin(record: null);
            _claiming = Task.CompletedTask;
        }
    }

    /// <summary>Deactivates an activation that was made by a call that means something only to a former one.</summary>
    private void DeactivateIfUnclaimed()
    {
        if (_claiming is null)
        {
            DeactivateOnIdle();
        }
    }

    private async Task ClaimOnceAsync()
    {
        try
        {
            var record = await ClaimAsync();
            if (record?.Ended is not null)
            {
                await FinishEndAsync(record);
                record = _key.IsPrincipal ? null : record; // A late attempt must not open an ended session again; a principal begins a new one.
            }

            await BeginAsync(record);
        }
        catch (Exception e)
        {
            LogUnclaimed(_logger, e, _key.Name);
            DeactivateOnIdle();
            throw new UnclaimedException($"The record of session {_key.Name} could not be claimed.", e);
        }
    }

    /// <summary>
    /// Begins once the tenant's marks are known here. A mark that arrives while the actor begins finds it among the activations, or is found
    /// by it.
    /// </summary>
    private async Task BeginAsync(SessionRecord? record)
    {
        if (record is not null || _key.IsPrincipal)
        {
            await FollowCutoffsAsync();
        }

        Begin(record);
        await _session.EndIfCutOffAsync();
    }

    private async Task FollowCutoffsAsync()
    {
        try
        {
            await _cutoffs.RefreshAsync(_key.Tenant);
        }
        catch (TenantStoppedException)
        {
            _isTenantStopped = true; // Its process has logged why.
        }
    }

    private void Begin(SessionRecord? record)
    {
        _isStopped = _damage is not null || _isTenantStopped || (record is not null && _stopped.Contains(_key.Tenant));
        _session = _sessions.Create(_key, _isStopped ? null : record, _store, _ => LeaveMemory());
        if (!_isStopped)
        {
            _activation = new SessionActivation(_session, _store, GrainContext, _sessions.Time);
            _activations.Add(_activation);
            _passivation.Add(_activation);
        }
    }

    private async Task<SessionRecord?> ClaimAsync()
    {
        try
        {
            if (await _store.ClaimAsync(_key) is not var (record, wasAsleep))
            {
                return null;
            }

            // The time of the last message is exact only if the former activation was passivated in order. Otherwise the idle time starts
            // now; and it never starts before this silo, because the whole cluster may have been down.
            var active = wasAsleep ? record.LastActiveAt : _sessions.Time.GetUtcNow();
            return record with { LastActiveAt = active < _passivation.StartedAt ? _passivation.StartedAt : active };
        }
        catch (StoreDamagedException e)
        {
            _damage = e;
            return null;
        }
    }

    /// <summary>Completes an end whose silo was lost between the ended mark and the deletion.</summary>
    private async Task FinishEndAsync(SessionRecord record)
    {
        await _store.DeleteAsync(_key, CancellationToken.None);
        await _tenants.Get(record.Owner.Tenant).UnregisterAsync(record.Owner.Client, _key, CancellationToken.None);
    }
}
