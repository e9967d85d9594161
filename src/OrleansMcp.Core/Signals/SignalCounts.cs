using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansMcp.Sessions;

namespace OrleansMcp.Signals;

/// <summary>How often each signal was raised in this process since it started: what the metric <c>orleansmcp.signals</c> counts, kept to be read.</summary>
public sealed class SignalCounts : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <param name="metrics">The metrics whose signals are counted: a test process may hold several servers.</param>
    public SignalCounts(SessionMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument, metrics.Signals))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Count(count, tags));
        _listener.Start();
    }

    /// <summary>The counts, by the names of the signals (see <see cref="SignalName"/>). Signals that were never raised are absent.</summary>
    public IReadOnlyDictionary<string, long> Read() => new SortedDictionary<string, long>(_counts, StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Count(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag is { Key: "signal", Value: string name })
            {
                _counts.AddOrUpdate(name, static (_, count) => count, static (_, counted, count) => counted + count, count);
            }
        }
    }
}
