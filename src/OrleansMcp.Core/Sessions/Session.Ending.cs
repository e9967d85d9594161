using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>How a session ends: once, by <see cref="EndSequence"/>.</summary>
internal sealed partial class Session
{
    /// <inheritdoc/>
    public Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken) => VisitAsync<int, SessionReceipt?>(
        caller, 0, static (session, _, _) => new(session.EndAsync(SessionEndReason.Closed)), refused: null).AsTask();

    /// <summary>Ends the session. A second caller gets the receipt of the first; null when the session is gone.</summary>
    /// <exception cref="IOException">The end could not be made durable.</exception>
    /// <exception cref="SessionPassivatedException">The session was passivated: its next instance must end it.</exception>
    public Task<SessionReceipt?> EndAsync(SessionEndReason reason) => EndAsync(_ => reason);

    /// <summary>Ends the session if its lifetime or idle time is over and no call uses it. Called by engines from time to time.</summary>
    /// <exception cref="SessionPassivatedException">The session was passivated: its next instance must be asked.</exception>
    public Task<SessionReceipt?> EndIfOverdueAsync() =>
        Is(SessionPhase.Live, SessionPhase.Passive) ? EndAsync(OverdueLocked) : Task.FromResult<SessionReceipt?>(null);

    /// <summary>Ends the session if there is a reason to. No message is admitted between the decision and the end.</summary>
    private Task<SessionReceipt?> EndAsync(Func<DateTimeOffset, SessionEndReason?> decide)
    {
        TaskCompletionSource<SessionReceipt?> ending;
        SessionEndReason reason;
        lock (_gate)
        {
            ThrowIfPassiveLocked();
            if (_phase != SessionPhase.Live)
            {
                return _ending ?? Task.FromResult<SessionReceipt?>(null);
            }

            if (decide(_services.Time.GetUtcNow()) is not { } due)
            {
                return Task.FromResult<SessionReceipt?>(null);
            }

            reason = due;

            // From here on no message is admitted, and writers that wait throw SessionEndedException.
            _phase = SessionPhase.Ending;
            ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _ending = ending.Task;
        }

        _parts.Close();
        return RunEndAsync(ending, reason);
    }

    private async Task<SessionReceipt?> RunEndAsync(TaskCompletionSource<SessionReceipt?> ending, SessionEndReason reason)
    {
        using var turn = await _parts.Writer.EnterAsync(CancellationToken.None);
        try
        {
            var receipt = await _parts.End.RunAsync(reason);
            Retire(SessionPhase.Gone);
            ending.SetResult(receipt);
            return receipt;
        }
        catch (Exception e)
        {
            // This instance serves no caller any more. Where the end is one commit, callers are sent to the next activation, which reads
            // whether the session is still open. Elsewhere the record may have the ended mark: callers get NotFound, and the next
            // activation deletes it.
            _parts.Calls.CancelAll(CancelReason.SessionEnded);
            Retire(_parts.End.IsAtomic ? SessionPhase.Passive : SessionPhase.Gone);
            ending.SetException(e);
            throw;
        }
    }

    private void Retire(SessionPhase phase)
    {
        var settlement = _parts.Retire();
        lock (_gate)
        {
            MoveLocked(phase);
            _settlement = settlement;
        }

        _services.Deactivated(_parts);
        Retired?.Invoke(this);
        _retirement?.TrySetResult();
    }
}
