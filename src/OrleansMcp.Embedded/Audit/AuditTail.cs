using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Embedded.Audit;

/// <summary>The end of a file of entries, read backwards: a start must not read years of audit.</summary>
/// <param name="Length">Bytes up to the end of the last whole line.</param>
/// <param name="Torn">Bytes behind it: a line whose writing a crash cut off.</param>
/// <param name="Last">The last whole line; null when there is none or it is no entry.</param>
internal sealed record AuditTail(long Length, long Torn, AuditLine? Last)
{
    private const int Step = 64 * 1024;

    public static AuditTail Read(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var length = RandomAccess.GetLength(file);
        for (var window = (long)Step; ; window *= 2)
        {
            var from = Math.Max(0, length - window);
            var bytes = new byte[length - from];
            _ = RandomAccess.Read(file, bytes, from);
            var end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
            var start = end == 0 ? -1 : bytes.AsSpan(0, end - 1).LastIndexOf((byte)'\n');
            if (start >= 0 || from == 0)
            {
                var line = end == 0 ? default : bytes.AsSpan(start + 1, end - start - 2);
                return new AuditTail(from + end, length - from - end, AuditLine.TryRead(line, out var last) ? last : null);
            }
        }
    }
}
