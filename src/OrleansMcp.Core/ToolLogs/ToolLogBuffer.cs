using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.ToolLogs;

/// <summary>
/// Summaries of this process's tool calls on their way to their tenants, so that no call waits for its own. They go every second, or when a
/// hundred have come; each tenant's by themselves. What does not arrive is not sent again, since it might be there twice: it is counted.
/// </summary>
internal sealed partial class ToolLogBuffer(ITenantDirectory tenants, SessionMetrics metrics, TimeProvider time, ILogger logger)
{
    public const int BatchSize = 100;

    /// <summary>The most that waits of one tenant; then its oldest is dropped.</summary>
    public const int MaxWaiting = 2000;

    /// <summary>
    /// The most of one client that is taken within an interval. A log that holds some thousand calls does not get better by more, and a client
    /// that calls without pause neither pays for them nor pushes out what others did.
    /// </summary>
    public const int MostOfClient = 500;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal); // by tenant: those of the configuration
    private readonly Lock _arming = new();
    private ITimer? _timer;
    private bool _isArmed;

    /// <summary>Whether a call of this client is taken now; if not, it is counted. To be asked before an entry is made.</summary>
    public bool Admits(string tenant, string client)
    {
        var waiting = Of(tenant);
        lock (waiting.Gate)
        {
            ref var taken = ref CollectionsMarshal.GetValueRefOrAddDefault(waiting.Taken, client, out _);
            if (taken < MostOfClient)
            {
                taken++;
                return true;
            }
        }

        metrics.ToolLogDropped.Add(1);
        return false;
    }

    public void Add(string tenant, ToolLogEntry entry)
    {
        var waiting = Of(tenant);
        int count;
        lock (waiting.Gate)
        {
            waiting.Entries.Enqueue(entry);
            count = waiting.Entries.Count;
            if (count > MaxWaiting)
            {
                waiting.Entries.Dequeue();
                metrics.ToolLogDropped.Add(1);
            }
        }

        if (count % BatchSize == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.Buffer.FlushAsync(self.Tenant, CancellationToken.None), (Buffer: this, Tenant: tenant), preferLocal: false);
        }
        else
        {
            Arm();
        }
    }

    /// <summary>Sends what waits, of all tenants.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_waiting.Keys.Select(tenant => FlushAsync(tenant, cancellationToken)));

    /// <summary>Sends what waits of one tenant, and waits until it is there or lost.</summary>
    public async Task FlushAsync(string tenant, CancellationToken cancellationToken)
    {
        if (!_waiting.TryGetValue(tenant, out var waiting))
        {
            return;
        }

        await waiting.Sending.WaitAsync(cancellationToken);
        try
        {
            while (Take(waiting) is { Count: > 0 } batch)
            {
                await SendAsync(tenant, batch, cancellationToken);
            }
        }
        finally
        {
            waiting.Sending.Release();
        }
    }

    private async Task SendAsync(string tenant, List<ToolLogEntry> batch, CancellationToken cancellationToken)
    {
        try
        {
            await tenants.Get(tenant).AppendCallsAsync(tenant, batch, cancellationToken);
        }
        catch (Exception e)
        {
            metrics.ToolLogDropped.Add(batch.Count);
            LogLost(logger, e, batch.Count, tenant);
        }
    }

    private static List<ToolLogEntry> Take(Waiting waiting)
    {
        List<ToolLogEntry> batch = [];
        lock (waiting.Gate)
        {
            while (batch.Count < BatchSize && waiting.Entries.TryDequeue(out var entry))
            {
                batch.Add(entry);
            }
        }

        return batch;
    }

    private Waiting Of(string tenant) => _waiting.GetOrAdd(tenant, static _ => new Waiting());

    private void Arm()
    {
        if (Volatile.Read(ref _isArmed))
        {
            return;
        }

        lock (_arming)
        {
            if (!_isArmed)
            {
                _isArmed = true;
                _timer ??= time.CreateTimer(static self => ((ToolLogBuffer)self!).Strike(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Strike()
    {
        Volatile.Write(ref _isArmed, false); // First: who comes after arms it again.
        foreach (var waiting in _waiting.Values)
        {
            lock (waiting.Gate)
            {
                waiting.Taken.Clear();
            }
        }

        _ = FlushAsync(CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} entries did not reach the tool log of tenant {Tenant}.")]
    private static partial void LogLost(ILogger logger, Exception exception, int count, string tenant);

    private sealed class Waiting
    {
        public Lock Gate { get; } = new();

        public Queue<ToolLogEntry> Entries { get; } = new();

        /// <summary>Calls taken within the interval, by client.</summary>
        public Dictionary<string, int> Taken { get; } = new(StringComparer.Ordinal);

        public SemaphoreSlim Sending { get; } = new(1, 1);
    }
}
