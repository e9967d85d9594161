namespace OrleansMcp.Benchmarks.Servers;

/// <summary>What the kernel counts for the whole machine: tells whether somebody else was busy while a measurement ran.</summary>
internal static class MachineReading
{
    /// <summary>Time that all cores together spent on anything but idling and waiting for disks, in steps of 10 ms.</summary>
    public static TimeSpan Busy
    {
        get
        {
            // cpu user nice system idle iowait irq softirq steal
            var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int[] busy = [1, 2, 3, 6, 7];
            return TimeSpan.FromSeconds(busy.Sum(column => long.Parse(fields[column], CultureInfo.InvariantCulture)) / (double)ProcessReading.TicksPerSecond);
        }
    }
}
