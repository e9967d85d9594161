using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>How a session ends: once, by <see cref="EndSequence"/>.</summary>
internal sealed partial class Session
{
    /// <inheritdoc/>
    public async Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            return null;
        }

        try
        {
            return await EndAsync(SessionEndReason.Closed);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Ends the session. A second caller gets the receipt of the first run, and null when the session is gone.</summary>
    /// <exception cref="IOException">The end could not be made durable.</exception>
    /// <exception cref="SessionPassivatedException">The session has left memory: the next instance ends it.</exception>
    public Task<SessionReceipt?> EndAsync(SessionEndReason reason)
    {
        TaskCompletionSource<SessionReceipt?> ending;
        lock (_gate)
        {
            ThrowIfPassiveLocked();
            if (_phase != SessionPhase.Live)
            {
                return _ending ?? Task.FromResult<SessionReceipt?>(null);
            }

            // From here on nobody enters, and writers that wait find the session ended.
            _phase = SessionPhase.Ending;
            ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _ending = ending.Task;
        }

        _parts.Close();
        return RunEndAsync(ending, reason);
    }

    /// <summary>Ends the session if its time is over and nobody is using it. For engines, which look from time to time.</summary>
    /// <exception cref="SessionPassivatedException">It leaves memory: the next instance knows.</exception>
    public async Task<SessionReceipt?> EndIfOverdueAsync()
    {
        SessionEndReason? reason;
        lock (_gate)
        {
            ThrowIfPassiveLocked();
            reason = _phase == SessionPhase.Live ? OverdueLocked(_services.Time.GetUtcNow()) : null;
        }

        return reason is { } due ? await EndAsync(due) : null;
    }

    private async Task<SessionReceipt?> RunEndAsync(TaskCompletionSource<SessionReceipt?> ending, SessionEndReason reason)
    {
        using var turn = await _parts.Writer.EnterAsync(CancellationToken.None);
        try
        {
            var receipt = await _parts.End.RunAsync(reason);
            Finish(SessionPhase.Gone);
            ending.SetResult(receipt);
            return receipt;
        }
        catch (Exception e)
        {
            // An end that failed leaves an instance that serves nobody. A record that may be marked is for a later activation to delete, and
            // until then there is no session. One that the commit left alone is a session as before: a caller is sent on to its next activation.
            _parts.Calls.CancelAll(CancelReason.SessionEnded);
            Finish(_parts.End.IsAtomic ? SessionPhase.Passive : SessionPhase.Gone);
            ending.SetException(e);
            throw;
        }
    }

    private void Finish(SessionPhase phase)
    {
        lock (_gate)
        {
            MoveLocked(phase);
        }

        Retire();
    }

    private void Retire()
    {
        var settlement = _parts.Retire();
        lock (_gate)
        {
            _settlement = settlement;
        }

        _services.Deactivated(_parts);
        Retired?.Invoke(this);
        CompleteRetirement();
    }

    private void CompleteRetirement()
    {
        if (_retirement is var retirement && retirement != s_alive)
        {
            retirement.TrySetResult();
        }
    }
}
