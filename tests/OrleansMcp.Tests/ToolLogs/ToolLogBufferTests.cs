using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tests.ToolLogs;

/// <summary>Entries go to their tenants in batches, and what does not arrive is counted.</summary>
public sealed class ToolLogBufferTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SessionMetrics _metrics = new();
    private readonly MeterListener _listener = new();
    private readonly RecordingTenants _tenants = new();
    private readonly ToolLogBuffer _buffer;
    private long _dropped;

    public ToolLogBufferTests()
    {
        _buffer = new ToolLogBuffer(_tenants, _metrics, _time, NullLogger.Instance);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument, _metrics.ToolLogDropped))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _dropped, value));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void A_second_after_the_first_entry_all_go_each_to_its_tenant()
    {
        Add("acme", 3);
        Add("globex", 2);
        _time.Advance(ToolLogBuffer.Interval - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_tenants.Batches);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([("acme", 3), ("globex", 2)], _tenants.Batches.Select(batch => (batch.Tenant, batch.Entries.Count)).Order());
        Add("acme", 1);
        _time.Advance(ToolLogBuffer.Interval);
        Assert.Equal(3, _tenants.Batches.Count);
    }

    [Fact]
    public async Task A_hundred_do_not_wait_for_the_second()
    {
        Add("acme", ToolLogBuffer.BatchSize);
        await Eventually.Holds(() => _tenants.Batches.Sum(batch => batch.Entries.Count) == ToolLogBuffer.BatchSize, "the batch went");
    }

    [Fact]
    public async Task Under_pressure_the_oldest_are_dropped_and_counted_and_other_tenants_lose_nothing()
    {
        var gate = _tenants.Gate = new TaskCompletionSource();
        Add("globex", 1);
        Add("acme", ToolLogBuffer.BatchSize);
        await Eventually.Holds(() => _tenants.Asked > 0, "a batch is under way and stuck");
        Add("acme", ToolLogBuffer.MaxWaiting + 50);
        Assert.Equal(50, Interlocked.Read(ref _dropped));
        gate.SetResult();
        await _buffer.FlushAsync(CancellationToken.None).InTime("the rest went");
        Assert.Equal(1, _tenants.Batches.Where(batch => batch.Tenant == "globex").Sum(batch => batch.Entries.Count));
        var sizes = _tenants.Batches.Where(batch => batch.Tenant == "acme").SelectMany(batch => batch.Entries).Select(entry => entry.ArgumentBytes).ToList();
        Assert.Equal(ToolLogBuffer.BatchSize + ToolLogBuffer.MaxWaiting, sizes.Count);
        Assert.Equal(sizes.Order(), sizes);
    }

    [Fact]
    public void A_client_that_calls_without_pause_fills_its_own_share_of_each_second()
    {
        for (var call = 0; call < ToolLogBuffer.MostOfClient + 70; call++)
        {
            Assert.Equal(call < ToolLogBuffer.MostOfClient, _buffer.Admits("acme", "alice"));
        }

        Assert.Equal(70, Interlocked.Read(ref _dropped));
        Assert.True(_buffer.Admits("acme", "bob"));
        Assert.True(_buffer.Admits("globex", "alice"));
        Add("acme", 1);
        _time.Advance(ToolLogBuffer.Interval);
        Assert.True(_buffer.Admits("acme", "alice"));
    }

    [Fact]
    public async Task What_does_not_arrive_is_counted_and_not_sent_again()
    {
        _tenants.Fails = true;
        Add("acme", 3);
        await _buffer.FlushAsync("acme", CancellationToken.None);
        _tenants.Fails = false;
        await _buffer.FlushAsync(CancellationToken.None);
        Assert.Equal((3, 0), (Interlocked.Read(ref _dropped), _tenants.Batches.Count));
    }

    private void Add(string tenant, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var number = Interlocked.Increment(ref _tenants.Last);
            _buffer.Add(tenant, new ToolLogEntry(
                _time.GetUtcNow(), "alice", "session", "tool", "ok", number, 0, TimeSpan.Zero, number.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private sealed class RecordingTenants : ITenantDirectory
    {
        public int Last;
        private int _asked;

        public ConcurrentQueue<(string Tenant, IReadOnlyList<ToolLogEntry> Entries)> Batches { get; } = new();

        public TaskCompletionSource? Gate { get; set; }

        public bool Fails { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public ITenant Get(string tenant)
        {
            var recording = DispatchProxy.Create<ITenant, RecordingTenant>();
            ((RecordingTenant)recording).Take = TakeAsync;
            return recording;
        }

        private async ValueTask TakeAsync(string tenant, IReadOnlyList<ToolLogEntry> entries)
        {
            Interlocked.Increment(ref _asked);
            if (Fails)
            {
                throw new IOException("The tenant's silo is gone.");
            }

            if (Gate is { } gate)
            {
                await gate.Task;
            }

            Batches.Enqueue((tenant, entries));
        }
    }

    /// <summary>Takes entries, and is asked for nothing else.</summary>
    public class RecordingTenant : DispatchProxy
    {
        internal Func<string, IReadOnlyList<ToolLogEntry>, ValueTask> Take { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(ITenant.AppendCallsAsync)
                ? Take((string)args![0]!, (IReadOnlyList<ToolLogEntry>)args[1]!)
                : throw new NotSupportedException(targetMethod.Name);
    }
}
