using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>Admission: compares the owner, looks at the phase and the time, and counts what is inside.</summary>
internal sealed partial class Session
{
    private async ValueTask<T> VisitAsync<TState, T>(
        Caller caller, TState state, Func<Session, Caller, TState, ValueTask<T>> visit, T refused)
    {
        if (!await TryEnterAsync(caller))
        {
            return refused;
        }

        try
        {
            return await visit(this, caller, state);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Admits a message. False when it is refused; a session that is overdue is ended first. After true, <see cref="Leave"/> must be called.
    /// </summary>
    /// <exception cref="SessionPassivatedException">The session was passivated: its next instance must be asked.</exception>
    private async ValueTask<bool> TryEnterAsync(Caller caller, bool asListener = false)
    {
        if (TryEnter(caller, asListener, out var overdue, out var ending))
        {
            return true;
        }

        if (overdue is { } reason)
        {
            await EndAsync(reason);
        }
        else if (Key.IsPrincipal && ending is not null)
        {
            // A caller may ask for a principal again once it has ended, and reaches a new instance.
            await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    /// <summary>A stranger's message changes nothing, not even the time of the last message.</summary>
    private bool TryEnter(Caller caller, bool asListener, out SessionEndReason? overdue, out Task? ending)
    {
        var now = _services.Time.GetUtcNow();
        SessionOwner owner;
        lock (_gate)
        {
            (overdue, ending) = (null, _ending);
            ThrowIfPassiveLocked();
            if (_phase == SessionPhase.New && Key.IsPrincipal && SessionOwner.PrincipalKey(caller) == Key && !IsRefused(caller))
            {
                _parts.Record.Replace(_parts.Claim.NewRecord(Key, caller));
                _phase = SessionPhase.Live;
                _services.Activated(_parts);
            }

            if (_phase != SessionPhase.Live)
            {
                return false;
            }

            owner = _parts.Record.Owner;
            if (owner.Is(caller))
            {
                overdue = OverdueLocked(now);
                if (overdue is null)
                {
                    CountInLocked(now, asListener);
                }

                return overdue is null;
            }
        }

        _services.Signals.Raise(new Signal(
            caller.Tenant == owner.Tenant ? SignalName.CrossSessionAttempt : SignalName.CrossTenantAttempt,
            caller, owner, "refused by the session actor", Key));
        return false;
    }

    private bool TryEnterAsOperator(string tenant)
    {
        lock (_gate)
        {
            ThrowIfPassiveLocked();
            var isAdmitted = _phase == SessionPhase.Live && !Key.IsPrincipal && _parts.Record.Owner.Tenant == tenant
                && OverdueLocked(_services.Time.GetUtcNow()) is null;
            _busy += isAdmitted ? 1 : 0;
            return isAdmitted;
        }
    }

    /// <summary>The session's own stream is no message: a client that only keeps it open does not keep the session.</summary>
    private void CountInLocked(DateTimeOffset now, bool asListener)
    {
        if (asListener)
        {
            _listening++;
            return;
        }

        _parts.Activity.Set(now);
        _busy++;
    }

    private void Leave(bool asListener = false)
    {
        lock (_gate)
        {
            if (asListener)
            {
                _listening--;
                _parts.Activity.Use();
                return;
            }

            _busy--;
            _parts.Activity.Touch();
        }
    }

    private SessionEndReason? OverdueLocked(DateTimeOffset now) =>
        now >= _parts.Record.Value.ExpiresAt ? SessionEndReason.Expired
        : now - LastActiveAt >= _services.Configuration.Current.Sessions.IdleTimeout && !IsInUse ? SessionEndReason.Idle
        : null;

    private bool Is(params ReadOnlySpan<SessionPhase> phases)
    {
        lock (_gate)
        {
            return phases.Contains(_phase);
        }
    }

    /// <summary>An instance that throws <see cref="SessionPassivatedException"/> from now on has a retirement to wait for.</summary>
    private void MoveLocked(SessionPhase phase)
    {
        _phase = phase;
        if (phase == SessionPhase.Passive)
        {
            _retirement ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void ThrowIfPassiveLocked()
    {
        if (_phase == SessionPhase.Passive)
        {
            throw new SessionPassivatedException();
        }
    }
}
