using System.Diagnostics;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>How a server's resident memory is once the attack is over.</summary>
/// <param name="Resident">Bytes at the end of the wait; 0 when the server has ended.</param>
/// <param name="After">How long that was after the attack.</param>
internal sealed record Recovery(long Resident, TimeSpan After)
{
    private const double Near = 1.1;
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);

    /// <summary>Waits until memory is about what it was, or until <paramref name="limit"/>.</summary>
    public static async Task<Recovery> WaitAsync(ServerProcess server, long before, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(s_every, TimeProvider.System, cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (!server.TryRead(out var resident, out _))
            {
                return new Recovery(0, elapsed);
            }

            if (resident <= before * Near || elapsed >= limit)
            {
                return new Recovery(resident, elapsed);
            }
        }
    }
}
