using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// How the actor comes to life: with the first call, from its record, of which this activation becomes the only writer. An opening reads
/// nothing: its key is new, and the store takes the first record only where there is none.
/// </summary>
internal sealed partial class SessionGrain
{
    private Task? _claiming;
    private SessionActivation? _activation; // null when nothing is served here

    /// <summary>Done when the record is this activation's.</summary>
    /// <exception cref="UnclaimedException">It could not be claimed. The activation leaves; nothing was begun.</exception>
    private Task ClaimedAsync() => _claiming ??= ClaimOnceAsync();

    /// <summary>For an opening that is no repetition, and comes first.</summary>
    private void BeginUnclaimed()
    {
        if (_claiming is null)
        {
            Begin(record: null);
            _claiming = Task.CompletedTask;
        }
    }

    /// <summary>An activation that was woken for what only a living one could have done does not stay.</summary>
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
                record = _key.IsPrincipal ? null : record; // What ended is not opened again, whatever opening comes late; a principal has another life.
            }

            Begin(record);
        }
        catch (Exception e)
        {
            LogUnclaimed(_logger, e, _key.Name);
            DeactivateOnIdle();
            throw new UnclaimedException($"The record of session {_key.Name} could not be claimed.", e);
        }
    }

    private void Begin(SessionRecord? record)
    {
        _isStopped = _damage is not null || (record is not null && _stopped.Contains(_key.Tenant));
        _session = _sessions.Create(_key, _isStopped ? null : record, _store, _ => LeaveMemory());
        if (!_isStopped)
        {
            _activation = new SessionActivation(_session, _store, GrainContext, _sessions.Time);
            _activations.Add(_activation);
            _clock.Add(_activation);
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

            // The time of the last message is written when an activation leaves. One that was lost leaves an old one behind, and nobody's
            // idle time began then; nor did it while the whole cluster may have been down.
            var active = wasAsleep ? record.LastActiveAt : _sessions.Time.GetUtcNow();
            return record with { LastActiveAt = active < _clock.StartedAt ? _clock.StartedAt : active };
        }
        catch (StoreDamagedException e)
        {
            _damage = e;
            return null;
        }
    }

    /// <summary>A silo died between the ended mark and the deletion: the session stays ended.</summary>
    private async Task FinishEndAsync(SessionRecord record)
    {
        await _store.DeleteAsync(_key, CancellationToken.None);
        await _tenants.Get(record.Owner.Tenant).UnregisterAsync(record.Owner.Client, _key, CancellationToken.None);
    }
}
