using System.Diagnostics;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Reads a server's clock and memory while something happens to it, also if it does not outlive that.</summary>
internal sealed class ServerWatch
{
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(50);

    /// <summary>The most resident memory that was seen, bytes.</summary>
    public long Highest { get; private set; }

    /// <summary>How many processors it kept busy.</summary>
    public double Cores { get; private set; }

    public static async Task<ServerWatch> UntilAsync(Task end, ServerProcess server, CancellationToken cancellationToken)
    {
        var (watch, start, before) = (new ServerWatch(), Stopwatch.GetTimestamp(), server.Reading.Cpu);
        using var timer = new PeriodicTimer(s_every, TimeProvider.System);
        while (!end.IsCompleted && !server.HasEnded && await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (server.TryRead(out var resident, out var cpu))
            {
                watch.Highest = Math.Max(watch.Highest, resident);
                watch.Cores = (cpu - before) / Stopwatch.GetElapsedTime(start);
            }
        }

        return watch;
    }
}
