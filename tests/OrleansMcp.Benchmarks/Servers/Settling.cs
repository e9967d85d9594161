using System.Diagnostics;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>Waits until a server that is left alone changes no more.</summary>
internal static class Settling
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(500);

    /// <summary>Polls until resident memory and CPU time stand still for three seconds, or until <paramref name="limit"/>.</summary>
    public static async Task<long> SettleAsync(this ServerProcess server, TimeSpan limit, CancellationToken cancellationToken)
    {
        const int Needed = 6;
        var (watch, quiet) = (Stopwatch.StartNew(), 0);
        var (resident, cpu) = (server.Reading.Resident, server.Reading.Cpu);
        while (quiet < Needed && watch.Elapsed < limit)
        {
            await Task.Delay(s_step, TimeProvider.System, cancellationToken);
            var (nowResident, nowCpu) = (server.Reading.Resident, server.Reading.Cpu);
            var still = Math.Abs(nowResident - resident) < resident / 500 && nowCpu - cpu < s_step / 20;
            quiet = still ? quiet + 1 : 0;
            (resident, cpu) = (nowResident, nowCpu);
        }

        return resident;
    }
}
