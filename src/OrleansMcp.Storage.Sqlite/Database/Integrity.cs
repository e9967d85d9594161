namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>Whether a database file is whole: its pages, its trees, its indexes. What the rows say is checked by their checksums.</summary>
internal static class Integrity
{
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
