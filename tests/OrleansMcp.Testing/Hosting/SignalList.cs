using System.Collections.Concurrent;
using OrleansMcp.Signals;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Keeps the signals that a part raises which is tested by itself.</summary>
internal sealed class SignalList : ISignals
{
    private readonly ConcurrentQueue<Signal> _raised = new();

    public IReadOnlyCollection<Signal> Raised => _raised;

    public void Raise(Signal signal) => _raised.Enqueue(signal);
}
