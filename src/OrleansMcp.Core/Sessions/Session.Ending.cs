using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.State;

namespace OrleansMcp.Sessions;

/// <summary>How a session ends.</summary>
public sealed partial class Session
{
    private Task<SessionReceipt?>? _ending;

    /// <summary>Done when the tenant has been told what a session that left memory owes; done at once before that.</summary>
    public Task Settlement { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            return null;
        }

        try
        {
            return await EndAsync(SessionEndReason.Closed, cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Runs the end sequence. Where the store appends receipts: calls cancelled; secrets zeroed; record deleted and receipt audited, in one
    /// commit. Elsewhere: durable ended mark; calls cancelled; secrets zeroed; record deleted; receipt. A second caller gets the receipt of
    /// the first run, and null when the session is gone.
    /// </summary>
    public Task<SessionReceipt?> EndAsync(SessionEndReason reason, CancellationToken cancellationToken)
    {
        TaskCompletionSource<SessionReceipt?> ending;
        lock (_gate)
        {
            switch (_phase)
            {
                case Phase.Passive:
                    throw new SessionPassivatedException();
                case Phase.Live:
                    break;
                default:
                    return _ending ?? Task.FromResult<SessionReceipt?>(null);
            }

            // From here on nobody enters, and writers that wait find the session ended.
            _phase = Phase.Ending;
            ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _ending = ending.Task;
        }

        return RunEndAsync(ending, reason);
    }

    /// <summary>Ends the session if its time is over and nobody is using it. For engines, which look from time to time.</summary>
    /// <exception cref="SessionPassivatedException">It leaves memory: the next instance knows.</exception>
    public async Task<SessionReceipt?> EndIfOverdueAsync(CancellationToken cancellationToken)
    {
        SessionEndReason? reason;
        lock (_gate)
        {
            reason = _phase switch
            {
                Phase.Passive => throw new SessionPassivatedException(),
                Phase.Live => Overdue(_host.Time.GetUtcNow()),
                _ => null,
            };
        }

        return reason is { } due ? await EndAsync(due, cancellationToken) : null;
    }

    private async Task<SessionReceipt?> RunEndAsync(TaskCompletionSource<SessionReceipt?> ending, SessionEndReason reason)
    {
        var writing = Writing();
        await writing.WaitAsync();
        try
        {
            var record = _record!;
            var (receipt, isAudited) = _store.AppendsReceipts ? await CommitEndAsync(record, reason) : await MarkAndDeleteAsync(record, reason);
            await GiveBackPlaceAsync(record.Owner);
            Publish(record, receipt, isAudited);
            Finish(Phase.Gone);
            ending.SetResult(receipt);
            return receipt;
        }
        catch (Exception e)
        {
            CancelCalls();
            EraseSecrets();
            GiveUpEnding();
            ending.SetException(e);
            throw;
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>It has ended, whether or not its place could be given back: the tenant's clock finds a place that nobody holds any more.</summary>
    private async Task GiveBackPlaceAsync(SessionOwner owner)
    {
        try
        {
            await _host.Tenants.Get(owner.Tenant).UnregisterAsync(owner.Client, Key, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            Log.PlaceKept(Logger, e, Key.Name);
        }
    }

    /// <summary>
    /// All that the session holds is let go of before the commit, which is the end. A crash or a failure before it leaves a session that has
    /// not ended, and nobody was told that it had. Whether the receipt is in the audit is said with it: a principal that never stored
    /// anything has no record that could be deleted with a receipt, and nothing durable of it can come back.
    /// </summary>
    private async Task<(SessionReceipt Receipt, bool IsAudited)> CommitEndAsync(SessionRecord record, SessionEndReason reason)
    {
        var endedAt = _host.Time.GetUtcNow();
        var receipt = new SessionReceipt(reason, record.OpenedAt, endedAt, CancelCalls(), EraseSecrets());
        return (receipt, await _store.EndAsync(Key, AuditEntry.Of(EndOf(record, receipt), endedAt), CancellationToken.None));
    }

    private async Task<(SessionReceipt Receipt, bool IsAudited)> MarkAndDeleteAsync(SessionRecord record, SessionEndReason reason)
    {
        var endedAt = _host.Time.GetUtcNow();
        await MarkEndedAsync(record with { Ended = reason, Version = record.Version + 1 });
        var receipt = new SessionReceipt(reason, record.OpenedAt, endedAt, CancelCalls(), EraseSecrets());
        await _store.DeleteAsync(Key, CancellationToken.None);
        return (receipt, false);
    }

    /// <summary>
    /// The mark comes first, so that no crash can bring an ended session back. A disk that is full cannot take it; then the
    /// deletion that follows, which needs no space, is what makes the end durable.
    /// </summary>
    private async Task MarkEndedAsync(SessionRecord record)
    {
        if (record.Version == 1)
        {
            return; // A principal that never stored anything.
        }

        try
        {
            await _store.SaveAsync(record, CancellationToken.None);
        }
        catch (IOException e)
        {
            Log.EndMarkFailed(Logger, e, Key.Value);
        }
    }

    private int CancelCalls()
    {
        RunningCall[] calls;
        lock (_gate)
        {
            calls = [.. _calls?.Values.AsEnumerable() ?? [], .. _waitingInputs?.Values.AsEnumerable() ?? []];
            _waitingInputs = null;
            _heldStates = null;
        }

        foreach (var call in calls)
        {
            call.Cancel(byClient: false);
        }

        return calls.Length;
    }

    private Signal EndOf(SessionRecord record, SessionReceipt receipt) => new(SignalName.SessionEnded, Who: null, record.Owner,
        $"reason {receipt.Reason}, {receipt.CallsCancelled} calls cancelled, {receipt.SecretsCleared} secrets cleared", Key);

    private void Publish(SessionRecord record, SessionReceipt receipt, bool isAudited)
    {
        _host.Metrics.Ended(receipt.Reason);
        _host.Signals.Raise(EndOf(record, receipt) with { IsAudited = isAudited });
    }

    /// <summary>
    /// An end that failed leaves an actor that serves nobody. A record that may be marked is for a later activation to delete, and until then
    /// there is no session. One that the commit left alone is a session as before: who comes now is sent on to its next activation.
    /// </summary>
    private void GiveUpEnding()
    {
        if (!_store.AppendsReceipts)
        {
            Finish(Phase.Gone);
            return;
        }

        lock (_gate)
        {
            _retirement = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Finish(Phase.Passive);
    }

    private void Finish(Phase phase)
    {
        lock (_gate)
        {
            _phase = phase;
        }

        Retire();
    }

    private void Retire()
    {
        EraseSecrets(); // The second line: whatever takes an actor out of memory leaves no secret and no private key behind.
        FailPendingRequests();
        Settlement = _meter?.RenewAsync() ?? Task.CompletedTask; // Tells what it owes, and gives back what nobody uses.
        _streams?.CloseAll();
        Deactivated();
        Retired?.Invoke(this);
        if (_retirement != s_alive)
        {
            _retirement.TrySetResult();
        }
    }
}
