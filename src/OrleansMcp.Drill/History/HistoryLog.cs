using System.Collections.Concurrent;

namespace OrleansMcp.Drill.History;

/// <summary>Records what happens in a run. One counter stamps beginnings and ends of all clients.</summary>
/// <remarks>
/// The tick of a beginning is taken before anything is sent and that of an end after all is received. So an operation whose end is before
/// another's beginning truly was over first; what overlaps by the ticks may have overlapped.
/// </remarks>
internal sealed class HistoryLog(TimeProvider time)
{
    private readonly ConcurrentQueue<Operation> _operations = new();
    private readonly long _started = time.GetTimestamp();
    private long _tick;

    /// <summary>Everything recorded so far, in the order of the beginnings.</summary>
    public IReadOnlyList<Operation> Operations => [.. _operations.OrderBy(operation => operation.Stamp.Begin)];

    public int Count => _operations.Count;

    public Beginning Begin(Party who, int session) => new(who, session, Interlocked.Increment(ref _tick), time.GetElapsedTime(_started));

    public Stamp End(Beginning beginning, Outcome outcome, string? code = null)
    {
        var end = Interlocked.Increment(ref _tick);
        return new(
            beginning.Who, beginning.Session, beginning.Tick, outcome == Outcome.Unknown ? Stamp.Never : end, outcome,
            outcome == Outcome.Refused ? code : null, beginning.At);
    }

    public void Add(Operation operation) => _operations.Enqueue(operation);
}

/// <summary>An operation that is under way.</summary>
internal readonly record struct Beginning(Party Who, int Session, long Tick, TimeSpan At);
