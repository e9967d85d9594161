using System.Collections.Concurrent;

namespace OrleansMcp.Drill.History;

/// <summary>Records the operations of a run. One counter stamps beginnings and ends of all clients.</summary>
/// <remarks>
/// <see cref="Begin"/> takes its tick before the request is sent, and <see cref="End"/> takes its own after the answer is received. So an
/// operation whose end is before another's beginning truly was over first; operations that overlap by the ticks may have overlapped.
/// </remarks>
internal sealed class HistoryLog(TimeProvider time)
{
    private readonly ConcurrentQueue<Operation> _operations = new();
    private readonly long _started = time.GetTimestamp();
    private long _tick;

    /// <summary>The operations so far, in the order of the beginnings.</summary>
    public IReadOnlyList<Operation> Operations => [.. _operations.OrderBy(operation => operation.Stamp.Begin)];

    public PendingOperation Begin(DrillClient client, int session) => new(client, session, Interlocked.Increment(ref _tick), time.GetElapsedTime(_started));

    public Stamp End(PendingOperation pending, Outcome outcome, string? code = null, Hindrance? hindrance = null)
    {
        var end = Interlocked.Increment(ref _tick);
        return new(
            pending.Client, pending.Session, pending.Tick, outcome == Outcome.Unknown ? Stamp.Never : end, outcome,
            outcome == Outcome.Refused ? code : null, pending.At, hindrance);
    }

    public void Add(Operation operation) => _operations.Enqueue(operation);
}

/// <summary>An operation that is under way.</summary>
internal readonly record struct PendingOperation(DrillClient Client, int Session, long Tick, TimeSpan At);
