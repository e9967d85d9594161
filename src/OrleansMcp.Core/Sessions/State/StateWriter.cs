using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Sessions;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// The one way to change a session's record: one writer at a time, and <see cref="CurrentRecord"/> shows a change only once the store has it.
/// </summary>
internal sealed partial class StateWriter(CurrentRecord record, ISessionStore store, LastActivity activity, StateQuota quota, ILogger logger)
{
    private SemaphoreSlim? _turn;
    private volatile bool _isClosed;

    /// <summary>Called when the store says that another activation owns the record.</summary>
    public Action? Fenced { get; set; }

    /// <summary>Called when a record stands that this writer did not know of: a former write took effect after all.</summary>
    public Action? Moved { get; set; }

    /// <summary>Refuses every change from now on; one that the store is being given is finished.</summary>
    public void Close() => _isClosed = true;

    /// <summary>
    /// Changes the record and makes the change durable before anybody can see it. When the store fails, the change never happened.
    /// </summary>
    /// <exception cref="McpException">The session has ended (<see cref="SessionEndedException"/>), or the store failed. The message is for the client.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before it began, or another activation owns the record.</exception>
    public async Task WriteAsync(Func<SessionRecord, SessionRecord> change, CancellationToken cancellationToken)
    {
        try
        {
            await CommitAsync(change, cancellationToken);
        }
        catch (SessionFencedException e)
        {
            throw new OperationCanceledException("The session is served by another machine.", e);
        }
        catch (SaveUnconfirmedException e)
        {
            LogUnconfirmed(logger, e, record.Name);
            throw new McpException("The store did not confirm the change; it may or may not have taken effect. Try again later.", e);
        }
        catch (IOException e)
        {
            LogFailed(logger, e, record.Name);
            throw new McpException("The session's state could not be saved; nothing was changed. Try again later.", e);
        }
    }

    /// <summary>As <see cref="WriteAsync"/>, for callers that tell a failing store from a tool's mistake.</summary>
    /// <exception cref="IOException">The store failed, in one of its ways (<see cref="ISessionStore"/>).</exception>
    /// <exception cref="SessionEndedException">The session has ended, or leaves this process.</exception>
    public async Task CommitAsync(Func<SessionRecord, SessionRecord> change, CancellationToken cancellationToken)
    {
        using var turn = await EnterAsync(cancellationToken);
        try
        {
            while (!await TryWriteAsync(change))
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
    /// Writes the record as it is left behind: with the time of the last message, and what the counters really stand at. For a session that
    /// leaves memory; the caller holds the turn.
    /// </summary>
    public async Task SaveLeavingAsync(IReadOnlyList<CountedWindow>? counters)
    {
        var last = record.Value;
        if (last.Version == 0)
        {
            return; // A principal that never stored anything leaves nothing behind.
        }

        try
        {
            var left = last with { LastActiveAt = activity.At, Version = last.Version + 1, Counters = counters };
            await store.SaveLeavingAsync(left, CancellationToken.None);
        }
        catch (IOException e)
        {
            // Only the time of the last message is lost: the idle time begins anew with the next activation.
            LogFailed(logger, e, record.Name);
        }
    }

    /// <summary>Takes the writer's turn, for a session that writes its last record by itself. Disposing of the result gives it back.</summary>
    public async ValueTask<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        var turn = Semaphore();
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>As <see cref="EnterAsync"/>, unless somebody writes at the moment; then null.</summary>
    public Turn? TryEnter()
    {
        var turn = Semaphore();
        return turn.Wait(TimeSpan.Zero) ? new Turn(turn) : null;
    }

    private async ValueTask<bool> TryWriteAsync(Func<SessionRecord, SessionRecord> change)
    {
        var former = _isClosed ? throw new SessionEndedException() : record.Value;
        var next = change(former);
        if (ReferenceEquals(next, former))
        {
            return true;
        }

        await quota.CoverAsync(next);
        next = next with { Version = next.Version + 1, LastActiveAt = activity.At };
        try
        {
            // Not cancellable: a write that was begun is either durable or has failed, never unknown for want of patience.
            await store.SaveAsync(next, CancellationToken.None);
        }
        catch (SessionRecordMovedException e)
        {
            record.Replace(e.Current);
            Moved?.Invoke(); // It may be a shrink that turned out to have happened.
            return false;
        }

        record.Replace(next);
        await quota.UncoverAsync(next);
        return true;
    }

    private SemaphoreSlim Semaphore() => LazyInitializer.EnsureInitialized(ref _turn, static () => new SemaphoreSlim(1, 1));

    [LoggerMessage(Level = LogLevel.Error, Message = "State of session {Session} could not be made durable; the change did not happen.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store did not confirm a change of session {Session}; the next write finds out whether it happened.")]
    private static partial void LogUnconfirmed(ILogger logger, Exception exception, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} is served by another activation; this one stops.")]
    private static partial void LogFenced(ILogger logger, Exception exception, string session);

    /// <summary>The right to write, until it is disposed of.</summary>
    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
