using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.State;

/// <summary>Changes the session's record: one writer at a time, and <see cref="CurrentRecord"/> shows a change only once it is durable.</summary>
internal sealed partial class StateWriter(CurrentRecord record, ISessionStore store, LastActivity activity, StateQuota quota, FailureLog failures, ILogger logger)
{
    private SemaphoreSlim? _turn;
    private volatile bool _isClosed;

    /// <summary>Called when the store reports that another activation owns the record.</summary>
    public Action? Fenced { get; set; }

    /// <summary>Called when a former write of unknown outcome turns out to have happened, and its record was published.</summary>
    public Action? Moved { get; set; }

    /// <summary>Refuses every change from now on. A write that was begun is finished.</summary>
    public void Close() => _isClosed = true;

    /// <summary>
    /// Changes the record for its client, who spends a write. The change is visible once it is durable; if the store refuses it, nothing is
    /// changed.
    /// </summary>
    /// <exception cref="QuotaExceededException">The client's writes of the minute are used up, or its state is as large as it may be.</exception>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    /// <exception cref="McpException">The session has ended (<see cref="SessionEndedException"/>), or the store failed. The message is for the client.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the write began, or another activation owns the record.</exception>
    public async Task WriteAsync(Func<SessionRecord, SessionRecord> change, CancellationToken cancellationToken)
    {
        try
        {
            await CommitAsync(change, isClients: true, cancellationToken);
        }
        catch (SessionFencedException e)
        {
            throw new OperationCanceledException("The session is served by another machine.", e);
        }
        catch (SessionRecordTooLargeException e)
        {
            throw new McpException(e.Message, e);
        }
        catch (SaveUnconfirmedException e)
        {
            failures.NotStored(record.Owner, record.Name, e);
            throw new McpException("The store did not confirm the change; it may or may not have taken effect. Try again later.", e);
        }
        catch (IOException e)
        {
            failures.NotStored(record.Owner, record.Name, e);
            throw new McpException("The session's state could not be saved; nothing was changed. Try again later.", e);
        }
    }

    /// <summary>As <see cref="WriteAsync"/>, but not for the client: it spends no write, and throws the exceptions of the store.</summary>
    /// <exception cref="IOException">The store failed; see the exceptions of <see cref="ISessionStore"/>.</exception>
    /// <exception cref="SessionEndedException">The session has ended or was passivated.</exception>
    public Task CommitAsync(Func<SessionRecord, SessionRecord> change, CancellationToken cancellationToken) =>
        CommitAsync(change, isClients: false, cancellationToken);

    private async Task CommitAsync(Func<SessionRecord, SessionRecord> change, bool isClients, CancellationToken cancellationToken)
    {
        using var turn = await EnterAsync(cancellationToken);
        try
        {
            while (!await TryWriteAsync(change, isClients))
            {
            }
        }
        catch (SessionFencedException e)
        {
            LogFenced(logger, e, record.Name);
            Fenced?.Invoke();
            throw;
        }
    }

    /// <summary>
    /// Writes the last record of a session that is passivated: with the time of the last message and the exact counters. The caller holds
    /// the turn.
    /// </summary>
    public async Task SaveLeavingAsync(IReadOnlyList<CountedWindow>? counters)
    {
        var last = record.Value;
        if (last.Version == 0)
        {
            return; // A principal that never stored anything has no record.
        }

        try
        {
            var left = last with { LastActiveAt = activity.At, Version = last.Version + 1, Counters = counters };
            await store.SaveLeavingAsync(left, CancellationToken.None);
        }
        catch (IOException e)
        {
            // Only the time of the last message and the exact counters are lost: the idle time starts again with the next activation.
            failures.NotStored(record.Owner, record.Name, e);
        }
    }

    /// <summary>Waits for the writer's turn, for a session that ends or is passivated. Disposing the result releases it.</summary>
    public async ValueTask<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        var turn = Semaphore();
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>As <see cref="EnterAsync"/>, but returns null when a writer holds the turn.</summary>
    public Turn? TryEnter()
    {
        var turn = Semaphore();
        return turn.Wait(TimeSpan.Zero) ? new Turn(turn) : null;
    }

    private async ValueTask<bool> TryWriteAsync(Func<SessionRecord, SessionRecord> change, bool isClients)
    {
        var former = _isClosed ? throw new SessionEndedException() : record.Value;
        var next = change(former);
        if (ReferenceEquals(next, former))
        {
            return true;
        }

        if (isClients)
        {
            await quota.SpendWriteAsync();
        }

        await quota.CoverAsync(next);
        next = next with { Version = next.Version + 1, LastActiveAt = activity.At };
        try
        {
            // Not cancellable: the outcome of a cancelled write would be unknown.
            await store.SaveAsync(next, CancellationToken.None);
        }
        catch (SessionRecordMovedException e)
        {
            record.Replace(e.Current);
            Moved?.Invoke(); // The former write may have revoked permissions.
            return false;
        }

        record.Replace(next);
        await quota.UncoverAsync(next);
        return true;
    }

    private SemaphoreSlim Semaphore() => LazyInitializer.EnsureInitialized(ref _turn, static () => new SemaphoreSlim(1, 1));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} is served by another activation; this one stops.")]
    private static partial void LogFenced(ILogger logger, Exception exception, string session);

    /// <summary>The right to write, until it is disposed.</summary>
    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
