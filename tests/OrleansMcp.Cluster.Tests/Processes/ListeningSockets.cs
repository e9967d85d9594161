using System.Globalization;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>The TCP ports that a process listens on, as the kernel tells (proc(5): net/tcp, fd).</summary>
internal static class ListeningSockets
{
    private const string Listen = "0A";

    /// <summary>In order.</summary>
    public static IReadOnlyList<int> Of(int process)
    {
        var own = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(Target).Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1]).ToHashSet(StringComparer.Ordinal);
        return [.. Sockets($"/proc/{process}/net/tcp").Concat(Sockets($"/proc/{process}/net/tcp6"))
            .Where(socket => own.Contains(socket.Inode)).Select(socket => socket.Port).Order()];
    }

    private static string Target(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // closed meanwhile
        }
    }

    private static IEnumerable<(string Inode, int Port)> Sockets(string table) =>
        from line in File.ReadLines(table).Skip(1)
        let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where columns[3] == Listen
        select (columns[9], int.Parse(columns[1].AsSpan(columns[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
