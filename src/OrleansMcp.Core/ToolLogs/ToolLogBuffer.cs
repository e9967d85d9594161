using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.ToolLogs;

/// <summary>
/// Buffers the summaries of this process's tool calls and sends them to their tenants, so that no call waits for its summary. A batch is
/// sent per tenant, every <see cref="Interval"/> or when <see cref="BatchSize"/> entries wait. A failed batch is not sent again, since the
/// tenant may have it already: it is counted as dropped.
/// </summary>
internal sealed partial class ToolLogBuffer(ITenantDirectory tenants, SessionMetrics metrics, TimeProvider time, ILogger logger)
{
    public const int BatchSize = 100;

    /// <summary>Limit of waiting entries per tenant; beyond it the oldest is dropped.</summary>
    public const int MaxWaiting = 2000;

    /// <summary>
    /// Limit of entries per client and <see cref="Interval"/>. <see cref="TenantToolLog"/> holds some thousand calls, so that more would
    /// only replace each other: a client that calls without pause neither pays for them nor pushes out entries of others.
    /// </summary>
    public const int MostOfClient = 500;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal); // by configured tenant: bounded
    private readonly Lock _arming = new();
    private ITimer? _timer;
    private bool _isArmed;

    /// <summary>Whether a call of this client is logged now; if not, it is counted as dropped. Called before an entry is made.</summary>
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

    /// <summary>Sends the waiting entries of all tenants.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_waiting.Keys.Select(tenant => FlushAsync(tenant, cancellationToken)));

    /// <summary>Sends the waiting entries of one tenant. Completes when they were appended or dropped.</summary>
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
        Volatile.Write(ref _isArmed, false); // First, so that an Add() after this arms the timer again.
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

        /// <summary>Entries admitted within the interval, by client.</summary>
        public Dictionary<string, int> Taken { get; } = new(StringComparer.Ordinal);

        public SemaphoreSlim Sending { get; } = new(1, 1);
    }
}
