using System.Globalization;
using System.Threading.Channels;
using Azure;
using Azure.Data.Tables;
using OrleansMcp.Signals;

namespace OrleansMcp.Silo.Storage;

/// <summary>
/// Appends audit entries, the receipts of ended sessions among them, to a table: a partition a tenant, rows in the order of time. Callers
/// never wait for the table and never fail because of it; entries that it does not take are tried again until it does.
/// </summary>
internal sealed partial class TableAudit : IAuditSink, IAsyncDisposable
{
    private const int MaxWaiting = 50_000;
    private const int MaxBatch = 100; // what a transaction of one partition may hold
    private const string NoTenant = "-";

    private readonly Channel<AuditEntry> _entries = Channel.CreateBounded<AuditEntry>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _leaving = new();
    private readonly string _writer = Guid.NewGuid().ToString("n")[..8];
    private readonly TableClient _table;
    private readonly ILogger<TableAudit> _logger;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private long _sequence;

    public TableAudit(TableServiceClient tables, TimeProvider time, ILogger<TableAudit> logger)
    {
        (_table, _time, _logger) = (tables.GetTableClient(TableNames.Audit), time, logger);
        _writing = Task.Run(WriteAsync);
    }

    public void Append(AuditEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
        {
            LogDropped(_logger, entry.Event);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        _leaving.CancelAfter(TimeSpan.FromSeconds(5));
        await _writing;
        _leaving.Dispose();
    }

    private async Task WriteAsync()
    {
        var waiting = new List<AuditEntry>();
        try
        {
            while (await _entries.Reader.WaitToReadAsync())
            {
                while (waiting.Count < MaxBatch && _entries.Reader.TryRead(out var entry))
                {
                    waiting.Add(entry);
                }

                foreach (var partition in waiting.GroupBy(PartitionOf, StringComparer.Ordinal))
                {
                    await WritePartitionAsync([.. partition.Select(RowOf)]);
                }

                waiting.Clear();
            }
        }
        catch (Exception) when (_leaving.IsCancellationRequested) // whatever the last attempt came to, there is no time for another
        {
            LogLeft(_logger, waiting.Count + _entries.Reader.Count);
        }
    }

    private async Task WritePartitionAsync(TableEntity[] rows)
    {
        var actions = rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)).ToArray();
        while (true)
        {
            try
            {
                await _table.SubmitTransactionAsync(actions, _leaving.Token);
                return;
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                await TryCreateAsync();
            }
            catch (RequestFailedException e) when (e.Status is 400 or 413)
            {
                await WriteApartAsync(rows, e);
                return;
            }
            catch (Exception e) when (!_leaving.IsCancellationRequested)
            {
                await WaitAsync(e);
            }
        }
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

    /// <summary>One entry that the table will never take must not keep the others out: it is left out, and the log says so.</summary>
    private async Task WriteApartAsync(TableEntity[] rows, RequestFailedException refusal)
    {
        if (rows is [var only])
        {
            LogRefused(_logger, refusal, only.GetString("Event"), only.PartitionKey, only.RowKey);
            return;
        }

        foreach (var row in rows)
        {
            await WritePartitionAsync([row]);
        }
    }

    /// <summary>Whatever it was, a missing credential or a silent service: it may pass, and nobody else will write these entries.</summary>
    private Task WaitAsync(Exception failure)
    {
        LogFailed(_logger, failure);
        return Task.Delay(TimeSpan.FromSeconds(1), _time, _leaving.Token);
    }

    private static string PartitionOf(AuditEntry entry) => TableKey.Of(entry.OwnerTenant ?? entry.Tenant ?? NoTenant);

    private TableEntity RowOf(AuditEntry entry)
    {
        var row = string.Create(CultureInfo.InvariantCulture, $"{entry.At.UtcTicks:d19}-{_writer}-{_sequence++:d8}");
        return new TableEntity(PartitionOf(entry), row)
        {
            ["At"] = entry.At, ["Event"] = entry.Event, ["Tenant"] = entry.Tenant, ["Client"] = entry.Client, ["Subject"] = entry.Subject,
            ["Session"] = entry.Session, ["OwnerTenant"] = entry.OwnerTenant, ["OwnerClient"] = entry.OwnerClient, ["What"] = entry.What,
        };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entries could not be written; they are tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The table takes no audit entry like this {Event} of {Tenant}, {Row}; it is left out.")]
    private static partial void LogRefused(ILogger logger, Exception exception, string @event, string tenant, string row);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit is overwhelmed; an entry of {Event} was dropped.")]
    private static partial void LogDropped(ILogger logger, string @event);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Entries} audit entries were not written before the process stopped.")]
    private static partial void LogLeft(ILogger logger, int entries);
}
