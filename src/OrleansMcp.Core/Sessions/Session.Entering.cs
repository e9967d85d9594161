using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>Who enters a session, and in which phase: the owner is compared, the time is looked at, the visit is counted.</summary>
internal sealed partial class Session
{
    private async ValueTask<T> VisitAsync<TState, T>(
        Caller caller, TState state, Func<SessionParts, Caller, TState, ValueTask<T>> visit, T refused)
    {
        if (!await TryEnterAsync(caller))
        {
            return refused;
        }

        try
        {
            return await visit(_parts, caller, state);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Admits a message, or not. A session that is past its time is ended first and refuses. After true, <see cref="Leave"/> must be called.
    /// </summary>
    /// <exception cref="SessionPassivatedException">The session has left memory; its next instance admits or refuses.</exception>
    private async ValueTask<bool> TryEnterAsync(Caller caller)
    {
        if (TryEnter(caller, out var overdue, out var ending))
        {
            return true;
        }

        if (overdue is { } reason)
        {
            await EndAsync(reason);
        }
        else if (Key.IsPrincipal && ending is not null)
        {
            // A principal comes back: a caller that asks again once this end is over finds its next life.
            await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    /// <summary>A stranger learns nothing and changes nothing: not even the time of the last message.</summary>
    private bool TryEnter(Caller caller, out SessionEndReason? overdue, out Task? ending)
    {
        var now = _services.Time.GetUtcNow();
        SessionOwner owner;
        lock (_gate)
        {
            (overdue, ending) = (null, _ending);
            ThrowIfPassiveLocked();
            if (_phase == SessionPhase.New && Key.IsPrincipal && SessionOwner.PrincipalKey(caller) == Key)
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
                    _parts.Activity.Set(now);
                    _busy++;
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

    private void Leave()
    {
        lock (_gate)
        {
            _busy--;
            _parts.Activity.Touch();
        }
    }

    /// <summary>An operator's visit is no use of the session: its idle time goes on.</summary>
    private void LeaveAsOperator()
    {
        lock (_gate)
        {
            _busy--;
        }
    }

    private SessionEndReason? OverdueLocked(DateTimeOffset now) =>
        now >= _parts.Record.Value.ExpiresAt ? SessionEndReason.Expired
        : now - LastActiveAt >= _services.Configuration.Current.Sessions.IdleTimeout && !IsBusy ? SessionEndReason.Idle
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
            _retirement = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
