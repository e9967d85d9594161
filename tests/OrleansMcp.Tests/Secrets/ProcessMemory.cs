using System.Globalization;

namespace OrleansMcp.Tests.Secrets;

/// <summary>Looks through the memory of another process, as somebody with a dump of it would (Linux).</summary>
internal static class ProcessMemory
{
    private const int Chunk = 1 << 20;
    private const int Overlap = 256; // longer than any pattern

    /// <summary>How often each pattern is there.</summary>
    public static IReadOnlyList<int> Count(int process, IReadOnlyList<byte[]> patterns)
    {
        var counts = new int[patterns.Count];
        using var memory = File.OpenHandle($"/proc/{process}/mem");
        var buffer = new byte[Chunk + Overlap];
        foreach (var (start, end) in Regions(process))
        {
            for (var at = start; at < end; at += Chunk)
            {
                var wanted = (int)Math.Min(buffer.Length, end - at);
                var read = Read(memory, buffer.AsSpan(0, wanted), at);
                for (var index = 0; index < counts.Length; index++)
                {
                    counts[index] += CountIn(buffer.AsSpan(0, read), patterns[index]);
                }
            }
        }

        return counts;
    }

    private static IEnumerable<(long Start, long End)> Regions(int process)
    {
        foreach (var line in File.ReadLines($"/proc/{process}/maps"))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var range = parts[0].Split('-');
            var start = ulong.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (parts[1][0] == 'r' && start <= long.MaxValue && !line.EndsWith("[vvar]", StringComparison.Ordinal))
            {
                yield return ((long)start, long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Pages that cannot be read count as empty.</summary>
    private static int Read(Microsoft.Win32.SafeHandles.SafeFileHandle memory, Span<byte> buffer, long at)
    {
        try
        {
            return RandomAccess.Read(memory, buffer, at);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>A pattern counts where it begins, so that one in the overlap of two chunks is counted once.</summary>
    private static int CountIn(ReadOnlySpan<byte> memory, byte[] pattern)
    {
        var count = 0;
        for (var from = 0; memory[from..].IndexOf(pattern) is >= 0 and var found && from + found < Chunk; from += found + 1)
        {
            count++;
        }

        return count;
    }
}
