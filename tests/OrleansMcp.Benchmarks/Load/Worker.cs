using System.Diagnostics;
using OrleansMcp.Benchmarks.Http;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>One connection that calls without a pause and checks every reply.</summary>
internal sealed class Worker(HttpConnection connection, ICall call) : IDisposable
{
    private const double MicrosecondsPerTick = 1e6;

    private long _completed;
    private long _wrong;

    /// <summary>Calls answered rightly since the beginning.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Calls answered wrongly since the beginning.</summary>
    public long Wrong => Volatile.Read(ref _wrong);

    /// <summary>What the first wrong reply was.</summary>
    public string? FirstWrong { get; private set; }

    /// <summary>Latencies of the calls made while the phase was measured.</summary>
    public Latencies Latencies { get; } = new();

    public async Task RunAsync(Phase phase)
    {
        while (!phase.Stopping)
        {
            var request = call.Next();
            var start = Stopwatch.GetTimestamp();
            var reply = await connection.SendAsync(request);
            var end = Stopwatch.GetTimestamp();
            if (call.IsRight(reply))
            {
                Volatile.Write(ref _completed, _completed + 1);
            }
            else
            {
                FirstWrong ??= reply.ToString();
                Volatile.Write(ref _wrong, _wrong + 1);
            }

            if (phase.Measuring)
            {
                Latencies.Add((long)((end - start) * MicrosecondsPerTick / Stopwatch.Frequency));
            }
        }
    }

    public void Dispose() => connection.Dispose();
}

/// <summary>Where a run is; set by its controller, read by its workers.</summary>
internal sealed class Phase
{
    private volatile bool _measuring;
    private volatile bool _stopping;

    public bool Measuring { get => _measuring; set => _measuring = value; }

    public bool Stopping { get => _stopping; set => _stopping = value; }
}
