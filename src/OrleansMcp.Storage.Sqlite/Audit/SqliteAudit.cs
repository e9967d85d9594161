using Microsoft.Extensions.Logging;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Audit;

/// <summary>
/// Keeps the audit. Callers never wait for the disk and never fail because of it; what a full disk does not take waits for it, up to a bound
/// for each tenant, and what was over the bound is counted in the chain.
/// </summary>
internal sealed partial class SqliteAudit : IAuditSink, IAsyncDisposable
{
    private const int MostWaiting = 10_000;
    private const int MaxBatch = 500;
    private const int EntryBytes = 1024;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly AuditQueue _queue;
    private readonly CancellationTokenSource _leaving = new();
    private readonly StoreDatabase _database;
    private readonly AuditWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _writing;

    public SqliteAudit(StoreDatabase database, AuditWriter writer, TimeProvider time, ILogger<SqliteAudit> logger)
        : this(database, writer, time, logger, MostWaiting)
    {
    }

    internal SqliteAudit(StoreDatabase database, AuditWriter writer, TimeProvider time, ILogger<SqliteAudit> logger, int mostWaiting)
    {
        (_database, _writer, _time, _logger, _queue) = (database, writer, time, logger, new AuditQueue(mostWaiting));
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public bool HoldsReceipts => true;

    /// <inheritdoc/>
    public void Append(AuditEntry entry)
    {
        if (!_queue.Add(entry))
        {
            LogDropped(_logger, entry.Event);
        }
    }

    /// <summary>Writes what waits, if the disk takes it at the first attempt.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        await _leaving.CancelAsync();
        await _writing;
        _leaving.Dispose();
    }

    private async Task WriteAsync()
    {
        while (await _queue.WaitAsync())
        {
            do
            {
                while (_queue.Take(MaxBatch).ToList() is { Count: > 0 } entries)
                {
                    if (!await TryWriteAsync(entries))
                    {
                        LogLeft(_logger, entries.Count + _queue.Take().Count());
                        return;
                    }
                }
            }
            while (_queue.TakeDropped(_time.GetUtcNow()).ToList() is { Count: > 0 } dropped && await TryWriteAsync(dropped));
        }
    }

    /// <summary>Tries until the entries are durable; false when the process stops before.</summary>
    private async Task<bool> TryWriteAsync(List<(string Chain, AuditEntry Entry)> entries)
    {
        while (true)
        {
            try
            {
                await _database.Writer.RunAsync(entries.Count * (long)EntryBytes, connection =>
                {
                    _writer.Append(connection, entries);
                    return true;
                });
                Written(entries);
                return true;
            }
            catch (IOException e)
            {
                LogFailed(_logger, e);
            }

            if (_leaving.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(s_pause, _time, _leaving.Token).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Written(List<(string Chain, AuditEntry Entry)> entries)
    {
        foreach (var chain in entries.GroupBy(static one => one.Chain, StringComparer.Ordinal))
        {
            _queue.Written(chain.Key, chain.Count());
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entries could not be written; they are tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit is overwhelmed; an entry of {Event} was dropped.")]
    private static partial void LogDropped(ILogger logger, string @event);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Entries} audit entries were not written before the server stopped.")]
    private static partial void LogLeft(ILogger logger, int entries);
}
