using System.Diagnostics;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>Drives workers for a time and reads the server's clock around the measured part of it.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public static async Task<LoadResult> RunAsync(
        IReadOnlyList<Worker> workers, ProcessReading? server, TimeSpan runUp, TimeSpan length, CancellationToken cancellationToken)
    {
        var phase = new Phase();
        var running = Task.WhenAll(workers.Select(worker => Task.Run(() => worker.RunAsync(phase), CancellationToken.None)));
        try
        {
            await Task.WhenAny(running, Task.Delay(runUp, TimeProvider.System, cancellationToken));
            var before = Snapshot(workers, server);
            phase.Measuring = true;
            await Task.WhenAny(running, Task.Delay(length, TimeProvider.System, cancellationToken));
            phase.Measuring = false;
            var after = Snapshot(workers, server);
            phase.Stopping = true;
            await running.WaitAsync(s_patience, TimeProvider.System, cancellationToken);
            return Result(workers, before, after);
        }
        catch
        {
            phase.Stopping = true;
            foreach (var worker in workers)
            {
                worker.Dispose();
            }

            throw;
        }
    }

    private static LoadResult Result(IReadOnlyList<Worker> workers, Reading before, Reading after)
    {
        var latencies = new Latencies();
        foreach (var worker in workers)
        {
            latencies.Add(worker.Latencies);
        }

        return new LoadResult(
            after.Calls - before.Calls, Stopwatch.GetElapsedTime(before.Time, after.Time), after.ServerCpu - before.ServerCpu,
            after.ClientCpu - before.ClientCpu, after.Machine - before.Machine, latencies);
    }

    private static Reading Snapshot(IReadOnlyList<Worker> workers, ProcessReading? server) => new(
        workers.Sum(worker => worker.Completed), server?.Cpu ?? TimeSpan.Zero, Environment.CpuUsage.TotalTime, MachineReading.Busy, Stopwatch.GetTimestamp());

    private readonly record struct Reading(long Calls, TimeSpan ServerCpu, TimeSpan ClientCpu, TimeSpan Machine, long Time);
}
