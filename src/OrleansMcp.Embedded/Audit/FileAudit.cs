using Microsoft.Extensions.Logging;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Embedded.Audit;

/// <summary>
/// Keeps the audit: a chain a tenant, entries flushed in batches. Callers never wait for the disk and never fail because of it; what a full
/// disk does not take waits for it, up to a bound, and what was over the bound is counted in the chain.
/// </summary>
internal sealed partial class FileAudit : IAuditSink, IAsyncDisposable
{
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Entries that come within so long share a flush: the disk is the sessions' as well.</summary>
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(50);

    private readonly AuditQueue _queue;
    private readonly Dictionary<string, Pending> _chains = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _leaving = new();
    private readonly DataFolder _folder;
    private readonly WriteQueue _writes;
    private readonly Disk _disk;
    private readonly TimeProvider _time;
    private readonly ILogger<FileAudit> _logger;
    private readonly Task _writing;

    public FileAudit(DataFolder folder, WriteQueue writes, Disk disk, TimeProvider time, ILogger<FileAudit> logger)
        : this(folder, writes, disk, time, logger, MostWaiting)
    {
    }

    internal FileAudit(DataFolder folder, WriteQueue writes, Disk disk, TimeProvider time, ILogger<FileAudit> logger, int mostWaiting)
    {
        (_folder, _writes, _disk, _time, _logger, _queue) = (folder, writes, disk, time, logger, new AuditQueue(mostWaiting));
        _writing = Task.Run(WriteAsync);
    }

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
        await _leaving.CancelAsync();
        await _writing;
        _leaving.Dispose();
    }

    private async Task WriteAsync()
    {
        foreach (var chain in AuditFolder.Chains(_folder.Audit).Where(AuditFiling.IsChain))
        {
            _chains[chain] = new Pending(); // Looked at now: what a crash left is mended and reported at the start.
        }

        for (var more = true; more; more = await _queue.WaitAsync())
        {
            await WaitAsync(s_gather, TimeProvider.System); // The disk's pace; whatever the sessions' clock says.
            do
            {
                Add(_queue.Take());
                while (!await TryWriteAllAsync())
                {
                    if (_leaving.IsCancellationRequested)
                    {
                        LogLeft(_logger, _chains.Values.Sum(chain => chain.Entries.Count));
                        return;
                    }

                    await WaitAsync(s_pause, _time);
                    Add(_queue.Take());
                }
            }
            while (Add(_queue.TakeDropped(_time.GetUtcNow())));
        }
    }

    private bool Add(IEnumerable<(string Chain, AuditEntry Entry)> entries)
    {
        var any = false;
        foreach (var (chain, entry) in entries)
        {
            var name = AuditFiling.IsChain(chain) ? chain : AuditFiling.Operator;
            if (!_chains.TryGetValue(name, out var pending))
            {
                _chains[name] = pending = new Pending();
            }

            pending.Entries.Add((chain, entry));
            any = true;
        }

        return any;
    }

    /// <summary>Writes what there is; false when some of it has to wait. A chain that cannot be written holds up no other.</summary>
    private async Task<bool> TryWriteAllAsync()
    {
        var all = true;
        foreach (var (chain, pending) in _chains.Where(chain => chain.Value.IsOpen))
        {
            all &= await TryWriteAsync(chain, pending);
        }

        return all;
    }

    private async Task<bool> TryWriteAsync(string chain, Pending pending)
    {
        try
        {
            await _writes.RunAsync(() => Write(chain, pending));
            return true;
        }
        catch (IOException e)
        {
            LogFailed(_logger, e, chain);
            return false;
        }
        finally
        {
            foreach (var (from, _) in pending.TakeWritten())
            {
                _queue.Written(from, 1);
            }
        }
    }

    private void Write(string chain, Pending pending)
    {
        if (pending.File is null)
        {
            pending.File = AuditChainFile.Open(_folder, chain, _disk, _logger);
            if (pending.File.Damage is { } damage)
            {
                pending.Entries.Insert(0, ("",
                    new AuditEntry(_time.GetUtcNow(), AuditChainFile.DamagedEvent, null, null, null, null, null, null, damage)));
            }
        }

        pending.IsStored = false;
        try
        {
            pending.File.Append([.. pending.Entries.Select(one => one.Entry)]);
        }
        finally
        {
            pending.Written = pending.File.Appended;
        }

        pending.File.StoreHead();
        pending.IsStored = true;
    }

    /// <summary>Not beyond the moment in which the server stops: one last attempt follows.</summary>
    private Task WaitAsync(TimeSpan time, TimeProvider clock) =>
        Task.Delay(time, clock, _leaving.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private sealed class Pending
    {
        public List<(string From, AuditEntry Entry)> Entries { get; } = [];

        public AuditChainFile? File { get; set; }

        public int Written { get; set; }

        public bool IsStored { get; set; }

        public bool IsOpen => !IsStored || Entries.Count > 0;

        public List<(string From, AuditEntry Entry)> TakeWritten()
        {
            var written = Entries[..Written];
            Entries.RemoveRange(0, Written);
            Written = 0;
            return written;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entries of {Chain} could not be written; they are tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string chain);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit is overwhelmed; an entry of {Event} was dropped.")]
    private static partial void LogDropped(ILogger logger, string @event);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Entries} audit entries were not written before the server stopped.")]
    private static partial void LogLeft(ILogger logger, int entries);
}
