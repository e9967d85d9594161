using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Counts the signals of one server as an exporter would see them.</summary>
internal sealed class SignalCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _levels = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _tags = new();
    private readonly ConcurrentQueue<string> _byTenant = new();

    /// <param name="factory">The server's, so that servers in the same process are told apart.</param>
    public SignalCounter(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SessionMetrics.Name && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.Start();
    }

    public long this[string signal] => _counts.GetValueOrDefault(signal);

    /// <summary>Every tag value of every measurement.</summary>
    public IReadOnlyCollection<string> TagValues => _tags;

    /// <summary>Signals as <c>NAME TENANT</c>, as far as the tags say.</summary>
    public IReadOnlyCollection<string> ByTenant => _byTenant;

    /// <summary>Where an instrument that goes up and down stands.</summary>
    public long Level(string instrument) => _levels.GetValueOrDefault(instrument);

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument is UpDownCounter<long>)
        {
            _levels.AddOrUpdate(instrument.Name, value, (_, level) => level + value);
        }

        if (instrument.Name == "orleansmcp.signals")
        {
            var said = tags.ToArray().ToDictionary();
            _byTenant.Enqueue($"{said["signal"]} {said.GetValueOrDefault("tenant")}");
        }

        foreach (var tag in tags)
        {
            _tags.Enqueue($"{tag.Value}");
            if (instrument.Name == "orleansmcp.signals" && tag.Key == "signal")
            {
                _counts.AddOrUpdate($"{tag.Value}", value, (_, count) => count + value);
            }
        }
    }
}
