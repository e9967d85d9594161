namespace OrleansMcp.Sessions;

/// <summary>How a session leaves the memory of a machine and goes on elsewhere, or later.</summary>
public sealed partial class Session
{
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    private TaskCompletionSource? _allAnswered;
    private int _unanswered;

    /// <summary>Whether the actor is being taken away from calls that run.</summary>
    internal bool IsLeaving { get; private set; }

    /// <summary>
    /// Takes the actor out of memory. False when it is busy, and when it holds secrets, which would be lost. Afterwards every call throws
    /// <see cref="SessionPassivatedException"/>.
    /// </summary>
    public async ValueTask<bool> TryPassivateAsync(CancellationToken cancellationToken)
    {
        if (!await Writing().WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return false;
        }

        try
        {
            State.SessionRecord? record;
            lock (_gate)
            {
                if (_phase == Phase.Passive)
                {
                    return true;
                }

                if (_phase != Phase.Live || IsBusyLocked() || HoldsSecretsLocked())
                {
                    return false;
                }

                _phase = Phase.Passive;
                _retirement = new(TaskCreationOptions.RunContinuationsAsynchronously);
                record = _record;
            }

            // Version 0: a principal that never stored anything leaves nothing behind.
            if (record!.Version > 0)
            {
                await SaveLeavingAsync(Departing(record));
            }

            Retire();
            return true;
        }
        finally
        {
            Writing().Release();
        }
    }

    /// <summary>
    /// Takes the actor out of memory although it may be busy, because its machine stops or lost the right to it. Writes that were begun
    /// are finished; what runs then is interrupted and answered with <see cref="ReplyKind.Moved"/>. Harmless when it has left already.
    /// </summary>
    public async Task LeaveAsync()
    {
        Task<SessionReceipt?>? ending;
        lock (_gate)
        {
            ending = _phase == Phase.Ending ? _ending : null;
        }

        if (ending is not null)
        {
            await ending;
            return;
        }

        if (!await TryPassivateAsync(CancellationToken.None))
        {
            await LeaveBusyAsync();
        }
    }

    /// <summary>Another activation owns the session: this one answers nobody any more and saves nothing.</summary>
    private void Abandon()
    {
        lock (_gate)
        {
            if (_phase != Phase.Live)
            {
                return;
            }

            IsLeaving = true;
            _phase = Phase.Passive;
            _retirement = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        CancelCalls();
        EraseSecrets();
        Retire();
    }

    /// <summary>Lets interrupted calls say so on their streams before those are closed. A handler that ignores its cancellation is left.</summary>
    private async Task CallsAnsweredAsync()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _allAnswered, answered);
        if (Volatile.Read(ref _unanswered) == 0)
        {
            return;
        }

        await Task.WhenAny(answered.Task, Task.Delay(s_lastWords, TimeProvider.System));
    }

    private async Task LeaveBusyAsync()
    {
        var writing = Writing();
        await writing.WaitAsync();
        try
        {
            State.SessionRecord? record;
            lock (_gate)
            {
                if (_phase is not Phase.Live)
                {
                    return;
                }

                IsLeaving = true;
                _phase = Phase.Passive;
                _retirement = new(TaskCreationOptions.RunContinuationsAsynchronously);
                record = _record;
            }

            CancelCalls();
            await CallsAnsweredAsync();
            if (record!.Version > 0)
            {
                await SaveLeavingAsync(Departing(record));
            }

            EraseSecrets();
            Retire();
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task SaveLeavingAsync(State.SessionRecord record)
    {
        try
        {
            await _store.SaveLeavingAsync(record, CancellationToken.None);
        }
        catch (IOException e)
        {
            // Only the time of the last message is lost: the idle time begins anew with the next activation.
            Log.SaveFailed(Logger, e, Key.Value);
        }
    }
}
