using System.Diagnostics.Metrics;

namespace OrleansMcp.Tests.Cluster;

/// <summary>One meter factory for all processes of a test's cluster, so that a signal is seen wherever it was raised.</summary>
internal sealed class SharedMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        lock (_meters)
        {
            _meters.Add(meter);
        }

        return meter;
    }

    /// <summary>Hosts dispose what they hold; the cluster goes on with its other hosts.</summary>
    public void Dispose()
    {
    }

    /// <summary>The runtime holds every meter that was not disposed, and with it the cluster it was made for.</summary>
    public void DisposeAll()
    {
        lock (_meters)
        {
            _meters.ForEach(meter => meter.Dispose());
            _meters.Clear();
        }
    }
}
