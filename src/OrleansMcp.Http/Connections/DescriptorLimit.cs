using System.Globalization;

namespace OrleansMcp.Http.Connections;

/// <summary>How many connections a process has file descriptors for.</summary>
internal static class DescriptorLimit
{
    // Log files, the database, connections to other silos and to what tools talk to.
    private const int Reserve = 64;
    private const int Least = 8;

    /// <summary>The connections that fit beside what is open now; null where the system does not say.</summary>
    public static int? Connections()
    {
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
            return line is null ? null : Connections(line, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // No such file system: another operating system than Linux.
        }
    }

    /// <param name="line">The line of <c>/proc/self/limits</c>: name, soft limit, hard limit.</param>
    /// <param name="used">The descriptors that are open.</param>
    internal static int? Connections(string line, int used)
    {
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3);
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? Math.Max(Least, limit - used - Reserve) : null;
    }
}
