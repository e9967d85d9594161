namespace OrleansMcp.Embedded.Files;

/// <summary>Puts a file in the place of another: at any instant there is the former one or the new one, whole.</summary>
internal static class Replacement
{
    private const string Suffix = ".tmp";

    /// <summary>
    /// Writes beside the file, flushes, and renames. The rename is durable once the folder is flushed. One writer a file at a time: what a
    /// crash left beside it is overwritten.
    /// </summary>
    public static void Replace(this Disk disk, string path, ReadOnlySpan<byte> content)
    {
        var beside = path + Suffix;
        try
        {
            disk.Delete(beside);
            disk.WriteNew(beside, content);
            disk.Rename(beside, path);
        }
        catch
        {
            TryDelete(disk, beside);
            throw;
        }
    }

    private static void TryDelete(Disk disk, string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (IOException)
        {
            // The next write removes it.
        }
    }
}
