using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>How a session leaves the memory of a process and goes on elsewhere, or later.</summary>
internal sealed partial class Session
{
    /// <summary>
    /// Takes the session out of memory. False when it is busy, and when it holds secrets, which would be lost. Afterwards every call throws
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
    /// Takes the session out of memory although it may be busy, because its process stops or lost the right to it. Writes that were begun
    /// are finished; what runs then is interrupted and answered with <see cref="ReplyKind.Moved"/>. Harmless when it has left already.
    /// </summary>
    /// <exception cref="IOException">It was ending, and the end could not be made durable.</exception>
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

    /// <summary>Another activation owns the session: this one answers nobody any more and saves nothing.</summary>
    private void Abandon()
    {
        if (TryBeginLeaving(evenIfBusy: true))
        {
            _parts.Calls.CancelAll(CancelReason.SessionMoved);
            Retire();
        }
    }

    private bool TryBeginLeaving(bool evenIfBusy)
    {
        lock (_gate)
        {
            if (_phase != SessionPhase.Live || (!evenIfBusy && (IsBusy || HoldsSecrets)))
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
        await _parts.Writer.SaveLeavingAsync(_parts.Counters.Exact());
        Retire();
    }
}
