namespace OrleansMcp.Benchmarks.Servers;

/// <summary>What the kernel counts for a process, or for several together.</summary>
internal sealed class ProcessReading(params int[] pids)
{
    public const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    private readonly string[] _folders = [.. pids.Select(pid => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}"))];

    /// <summary>User and system time of all its threads, in steps of 10 ms.</summary>
    public TimeSpan Cpu => TimeSpan.FromSeconds(_folders.Sum(CpuTicks) / (double)TicksPerSecond);

    /// <summary>Resident memory, bytes.</summary>
    public long Resident => Value("status", "VmRSS") * 1024;

    /// <summary>Bytes it caused to be written to storage.</summary>
    public long WrittenBytes => Value("io", "write_bytes");

    /// <summary>Write system calls, to files and pipes; sockets are not counted.</summary>
    public long WriteCalls => Value("io", "syscw");

    private static long CpuTicks(string folder)
    {
        // The second field is the command in parentheses and may contain anything; utime and stime are fields 14 and 15.
        var stat = File.ReadAllText($"{folder}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private long Value(string file, string name) => _folders.Sum(folder =>
    {
        var line = File.ReadLines($"{folder}/{file}").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    });
}
