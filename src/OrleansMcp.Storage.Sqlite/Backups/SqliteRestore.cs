using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite.Audit;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Storage.Sqlite.Folders;
using OrleansMcp.Storage.Sqlite.Sessions;

namespace OrleansMcp.Storage.Sqlite.Backups;

/// <summary>
/// Brings a back-up into the place of the database. What happened since the back-up is not in it, so nothing may rest on that: all its
/// sessions end, with receipts, and all windows of quotas and counters that are open now count as spent. Records, grants, audit and keys are
/// those of the back-up.
/// </summary>
public static class SqliteRestore
{
    private const string Reason = "reason restored, a back-up was brought into the place of the database";

    /// <summary>Restores; on return the database is the back-up's. When it throws, the former database stands.</summary>
    /// <param name="dataFolder">The data folder. No server may run on it. Made when it is missing.</param>
    /// <param name="file">The back-up. It stays as it is.</param>
    /// <param name="time">Says when it was restored.</param>
    /// <returns>How many sessions were ended.</returns>
    /// <exception cref="DataFolderLockedException">A server runs on the folder.</exception>
    /// <exception cref="StoreDamagedException">The back-up is damaged.</exception>
    /// <exception cref="IOException">The back-up is none of this version, or something cannot be read or written.</exception>
    public static int Run(string dataFolder, string file, TimeProvider time)
    {
        using var folder = DataFolder.Hold(dataFolder);
        var aside = folder.Database + ".restore";
        try
        {
            CopyPrivate(file, aside);
            var ended = Prepare(aside, file, time);
            Replace(folder, aside);
            return ended;
        }
        catch (SqliteException e)
        {
            throw StoreFailures.Translate(e, file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The back-up '{file}' cannot be restored: {e.Message}", e);
        }
        finally
        {
            DeleteAll(aside);
        }
    }

    private static void CopyPrivate(string file, string aside)
    {
        DeleteAll(aside); // left by a restore that was killed
        using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var to = PrivateFiles.Create(aside);
        from.CopyTo(to);
        to.Flush(flushToDisk: true);
    }

    private static int Prepare(string aside, string file, TimeProvider time)
    {
        using var connection = StoreConnection.OpenWriter(aside);
        Schema.Check(connection, file, isMarked: false);
        Integrity.CheckFile(connection, file);
        connection.Prepare("BEGIN IMMEDIATE").Run();
        RowChecks.CheckAll(connection);
        var ended = EndSessions(connection, time);
        Meta.Write(connection, Meta.RestoredAt, time.GetUtcNow().UtcTicks);
        CommitMark.Forget(connection);
        connection.EndReads();
        connection.Prepare("COMMIT").Run();

        // One file, that can be renamed as a whole.
        connection.Execute("PRAGMA journal_mode=DELETE");
        return ended;
    }

    private static int EndSessions(StoreConnection connection, TimeProvider time)
    {
        var audit = new AuditWriter(time, NullLogger<AuditWriter>.Instance);
        var now = time.GetUtcNow();
        var receipts = SessionRow.ReadAll(connection).Select(row => new AuditEntry(
            now, SignalName.SessionEnded, null, null, null, row.Key, row.State.Tenant, row.State.Client, Reason)).ToList();
        audit.Append(connection, receipts.SelectMany(AuditFiling.Of));
        connection.Prepare("DELETE FROM sessions").Run();
        connection.Prepare("DELETE FROM session_digests").Run();
        return receipts.Count;
    }

    private static void Replace(DataFolder folder, string aside)
    {
        PrivateFiles.FlushFile(aside);
        FinishFormer(folder.Database);

        // A journal that is left would be played into the new database.
        DeleteJournals(folder.Database);

        PrivateFiles.FlushFolder(folder.Root);
        File.Move(aside, folder.Database, overwrite: true);
        PrivateFiles.FlushFolder(folder.Root);

        // It is about the former database. The next process makes one for this. A restore that was killed before is told, and done again.
        File.Delete(CommitMark.FileOf(folder.Database));
        PrivateFiles.FlushFolder(folder.Root);
    }

    /// <summary>Brings the journal of the former database into its file, so that it stands as it was if the replacement fails.</summary>
    private static void FinishFormer(string database)
    {
        if (!File.Exists(database))
        {
            return;
        }

        try
        {
            using var connection = StoreConnection.OpenWriter(database);
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // It is damaged, which may be why it is replaced.
        }
    }

    private static void DeleteAll(string file)
    {
        File.Delete(file);
        DeleteJournals(file);
    }

    private static void DeleteJournals(string file)
    {
        foreach (var suffix in (string[])["-wal", "-shm", "-journal"])
        {
            File.Delete(file + suffix);
        }
    }
}
