using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>Passivates a session: removes it from the memory of this process, to be activated here or elsewhere later.</summary>
internal sealed partial class Session
{
    /// <summary>
    /// Passivates the session. False when it is busy or holds secrets, which would be lost. After true, every call throws
    /// <see cref="SessionPassivatedException"/>.
    /// </summary>
    public async ValueTask<bool> TryPassivateAsync()
    {
        if (_parts.Writer.TryEnter() is not { } turn)
        {
            return false;
        }

        using (turn)
        {
            if (!TryBeginLeaving(evenIfBusy: false))
            {
                return Is(SessionPhase.Passive);
            }

            await SaveAndRetireAsync();
            return true;
        }
    }

    /// <summary>
    /// Passivates the session even if it is busy, because its process stops or another activation owns it. Waits for a write that was
    /// begun; then cancels running calls, which are answered with <see cref="ReplyKind.Moved"/>. Does nothing when it was passivated
    /// before.
    /// </summary>
    /// <exception cref="IOException">The session was ending, and the end could not be made durable.</exception>
    public async Task LeaveAsync()
    {
        if (Is(SessionPhase.Ending) && Volatile.Read(ref _ending) is { } ending)
        {
            await ending;
        }
        else if (!TryLeaveOnceOpen() && !await TryPassivateAsync())
        {
            await LeaveBusyAsync();
        }
    }

    /// <summary>One that is being opened has nothing to save: it is out of memory when its first record is durable, or is not.</summary>
    private bool TryLeaveOnceOpen()
    {
        lock (_gate)
        {
            _leavesOnceOpen |= _phase == SessionPhase.Opening;
            return _leavesOnceOpen;
        }
    }

    private async Task LeaveBusyAsync()
    {
        using var turn = await _parts.Writer.EnterAsync(CancellationToken.None);
        if (TryBeginLeaving(evenIfBusy: true))
        {
            _parts.Calls.CancelAll(CancelReason.SessionMoved);
            await _parts.Calls.AllAnsweredAsync();
            await SaveAndRetireAsync();
        }
    }

    /// <summary>Another activation owns the session: this instance refuses every call and saves nothing.</summary>
    private void Abandon()
    {
        if (TryBeginLeaving(evenIfBusy: true))
        {
            _parts.Calls.CancelAll(CancelReason.SessionMoved);
            Retire(SessionPhase.Passive);
        }
    }

    private bool TryBeginLeaving(bool evenIfBusy)
    {
        lock (_gate)
        {
            if (_phase != SessionPhase.Live || (!evenIfBusy && (IsBusy || Vault.HoldsOwn)))
            {
                return false;
            }

            MoveLocked(SessionPhase.Passive);
        }

        _parts.Close();
        return true;
    }

    private async Task SaveAndRetireAsync()
    {
        await _parts.Servers.CloseAsync();
        await _parts.Writer.SaveLeavingAsync(_parts.Counters.Exact());
        Retire(SessionPhase.Passive);
    }
}
