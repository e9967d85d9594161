namespace OrleansMcp.Embedded.Audit;

/// <summary>Reads a file of any size line by line, as bytes: hashes are of bytes.</summary>
internal static class AuditLines
{
    /// <summary>The lines without their breaks; the last one may not be whole. A line is valid until the next is asked for.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Line, bool IsWhole)> Read(string path)
    {
        using var file = AuditFolder.OpenShared(path);
        var buffer = new byte[64 * 1024];
        var filled = 0;
        while (true)
        {
            var read = file.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var start = 0;
            for (int length; (length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
            {
                yield return (buffer.AsMemory(start, length), true);
            }

            filled -= start;
            Buffer.BlockCopy(buffer, start, buffer, 0, filled);
            if (read == 0)
            {
                break;
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        if (filled > 0)
        {
            yield return (buffer.AsMemory(0, filled), false);
        }
    }
}
