namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>How many files this process may open; the runtime raises the soft limit to the hard one when it starts.</summary>
internal static class OpenFiles
{
    private const int Others = 300; // the process's own
    private const int Ports = 20_000; // there are 28,000 or so for connections to one address

    public static int ForConnections => Math.Min(Limit - Others, Ports);

    private static int Limit
    {
        get
        {
            var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
            var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
            return int.TryParse(hard, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue; // or "unlimited"
        }
    }
}
