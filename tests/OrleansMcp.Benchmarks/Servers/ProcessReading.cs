namespace OrleansMcp.Benchmarks.Servers;

/// <summary>What the kernel counts for a process.</summary>
internal sealed class ProcessReading(int pid)
{
    public const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    private readonly string _folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");

    /// <summary>User and system time of all its threads, in steps of 10 ms.</summary>
    public TimeSpan Cpu
    {
        get
        {
            // The second field is the command in parentheses and may contain anything; utime and stime are fields 14 and 15.
            var stat = File.ReadAllText($"{_folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / (double)TicksPerSecond);
        }
    }

    /// <summary>Resident memory, bytes.</summary>
    public long Resident => Value("status", "VmRSS") * 1024;

    /// <summary>Bytes it caused to be written to storage.</summary>
    public long WrittenBytes => Value("io", "write_bytes");

    /// <summary>Write system calls, to files and pipes; sockets are not counted.</summary>
    public long WriteCalls => Value("io", "syscw");

    private long Value(string file, string name)
    {
        var line = File.ReadLines($"{_folder}/{file}").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
