namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>Whether a database file is whole: its pages, its trees, its indexes. What the rows say is checked by their checksums.</summary>
internal static class Integrity
{
    private const int WriteVersionAt = 18; // sqlite.org/fileformat2.html, "The Database Header"; the read version follows
    private const int Newest = 2;

    /// <summary>
    /// Checks that the header names a version that is written: SQLite opens a file of a later one to read only, which would be told as a file that
    /// belongs to somebody else. Before the first connection, because to close a file lets go of this process's locks on it (fcntl(2)).
    /// </summary>
    /// <exception cref="StoreDamagedException">It names another one.</exception>
    public static void CheckHeader(string file)
    {
        using var opened = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> header = stackalloc byte[WriteVersionAt + 2];
        if (opened.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header[WriteVersionAt..].ContainsAnyExceptInRange((byte)1, (byte)Newest))
        {
            throw StoreDamagedException.OfFile(file, "its header names a file format that this program does not write");
        }
    }

    /// <summary>Checks the structure of the file: pages, trees, and that indexes and tables say the same.</summary>
    /// <exception cref="StoreDamagedException">It is damaged.</exception>
    public static void CheckFile(StoreConnection connection, string file)
    {
        var check = connection.Prepare("PRAGMA integrity_check(1)");
        var verdict = check.Step() ? check.Text(0) : "it cannot be checked";
        check.Begin();
        if (verdict != "ok")
        {
            throw StoreDamagedException.OfFile(file, verdict.ReplaceLineEndings(" "));
        }
    }
}
