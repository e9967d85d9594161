using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Audit;

/// <summary>
/// Appends audit entries, the receipts of ended sessions among them, to a table: a partition a tenant, rows in the order of time. Callers
/// never wait for the table and never fail because of it; entries that it does not take are tried again until it does.
/// </summary>
/// <remarks>
/// Many processes write one tenant's audit at once, so each of them has a chain of its own in each partition, named by the writer. A
/// transaction holds entries and the chain's head: the head is never behind, and what is missing at the end shows.
/// </remarks>
internal sealed partial class TableAudit : IAuditSink, IAsyncDisposable
{
    private const int MostWaiting = 50_000;
    private const int MaxBatch = 99; // what a transaction of one partition may hold, and the head

    private readonly AuditQueue _queue;
    private readonly CancellationTokenSource _leaving = new();
    private readonly string _writer = Guid.NewGuid().ToString("n");
    private readonly Dictionary<string, AuditHead> _heads = new(StringComparer.Ordinal);
    private readonly TableClient _table;
    private readonly ILogger<TableAudit> _logger;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private int _taken;

    public TableAudit(TableServiceClient tables, TimeProvider time, ILogger<TableAudit> logger)
        : this(tables, time, logger, MostWaiting)
    {
    }

    internal TableAudit(TableServiceClient tables, TimeProvider time, ILogger<TableAudit> logger, int mostWaiting)
    {
        (_table, _time, _logger, _queue) = (tables.GetTableClient(TableNames.Audit), time, logger, new AuditQueue(mostWaiting));
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public bool HoldsReceipts => true;

    public void Append(AuditEntry entry)
    {
        if (!_queue.Add(entry))
        {
            LogDropped(_logger, entry.Event);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        _leaving.CancelAfter(TimeSpan.FromSeconds(5));
        await _writing;
        _leaving.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _queue.WaitAsync())
            {
                while (_queue.Take(MaxBatch).ToList() is { Count: > 0 } waiting)
                {
                    await WriteAsync(waiting);
                }

                if (_queue.TakeDropped(_time.GetUtcNow()).ToList() is { Count: > 0 } dropped)
                {
                    await WriteAsync(dropped);
                }
            }
        }
        catch (Exception) when (_leaving.IsCancellationRequested) // the process stops: no time for another attempt
        {
            LogLeft(_logger, _taken + _queue.Take().Count());
        }
    }

    private async Task WriteAsync(List<(string Chain, AuditEntry Entry)> waiting)
    {
        _taken = waiting.Count;
        foreach (var partition in waiting.GroupBy(one => one.Chain, one => one.Entry, StringComparer.Ordinal))
        {
            await WriteChainAsync(partition.Key, [.. partition]);
        }
    }

    private async Task WriteChainAsync(string chain, AuditEntry[] entries)
    {
        var head = _heads.GetValueOrDefault(chain, AuditHead.None);
        var rows = AuditRow.Of(chain, _writer, ref head, entries);
        var actions = rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)).ToArray();
        while (true)
        {
            try
            {
                await _table.SubmitTransactionAsync(actions, _leaving.Token);
                _heads[chain] = head;
                Done(chain, entries.Length);
                return;
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                await TryCreateAsync();
            }
            catch (RequestFailedException e) when (e.Status is 400 or 413)
            {
                await WriteApartAsync(chain, entries, e);
                return;
            }
            catch (Exception e) when (!_leaving.IsCancellationRequested)
            {
                await WaitAsync(e);
            }
        }
    }

    private void Done(string chain, int count)
    {
        _taken -= count;
        _queue.Written(chain, count);
    }

    private async Task TryCreateAsync()
    {
        try
        {
            await _table.CreateIfNotExistsAsync(_leaving.Token);
        }
        catch (Exception e) when (!_leaving.IsCancellationRequested)
        {
            await WaitAsync(e);
        }
    }

    /// <summary>
    /// One entry that the table will never take must not keep the others out: it is left out, and the log and the chain say so.
    /// </summary>
    private async Task WriteApartAsync(string chain, AuditEntry[] entries, RequestFailedException refusal)
    {
        if (entries is [var only])
        {
            LogRefused(_logger, refusal, only.Event, chain);
            _taken--;
            _queue.Refused(chain);
            return;
        }

        foreach (var entry in entries)
        {
            await WriteChainAsync(chain, [entry]);
        }
    }

    /// <summary>
    /// Waits before the next attempt. Retried after any failure, such as a missing credential or a service that does not answer, because no
    /// other process writes these entries.
    /// </summary>
    private Task WaitAsync(Exception failure)
    {
        LogFailed(_logger, failure);
        return Task.Delay(TimeSpan.FromSeconds(1), _time, _leaving.Token);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entries could not be written; they are tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The table takes no audit entry like this {Event} of {Tenant}; it is left out.")]
    private static partial void LogRefused(ILogger logger, Exception exception, string @event, string tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit is overwhelmed; an entry of {Event} was dropped.")]
    private static partial void LogDropped(ILogger logger, string @event);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Entries} audit entries were not written before the process stopped.")]
    private static partial void LogLeft(ILogger logger, int entries);
}
