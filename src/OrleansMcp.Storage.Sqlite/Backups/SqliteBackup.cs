using Microsoft.Data.Sqlite;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Storage.Sqlite.Folders;

namespace OrleansMcp.Storage.Sqlite.Backups;

/// <summary>Copies the database into one file, while a server runs or while none does. The copy is that of one moment.</summary>
public static class SqliteBackup
{
    /// <summary>
    /// Writes the copy: mode 0600, because it holds the keys that sign session ids; checked as a restore will check it; durable when it
    /// returns. Until then there is no file of that name.
    /// </summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="file">The file to write. It must not be there.</param>
    /// <exception cref="StoreDamagedException">The database is damaged: the copy is not kept.</exception>
    /// <exception cref="IOException">There is no database, or a file of that name is there, or it cannot be written.</exception>
    public static void Write(string dataFolder, string file)
    {
        var (source, target) = (SqliteDataFolder.Find(dataFolder), Path.GetFullPath(file));
        if (Path.Exists(target))
        {
            throw new IOException($"There is a file '{target}' already. A back-up replaces none.");
        }

        var aside = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            PrivateFiles.Create(aside).Dispose();
            Copy(source, aside);
            PrivateFiles.FlushFile(aside);
            File.Move(aside, target, overwrite: false);
            PrivateFiles.FlushFolder(Path.GetDirectoryName(target)!);
        }
        catch (SqliteException e)
        {
            throw StoreFailures.Translate(e, source);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The back-up '{target}' cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private static void Copy(string source, string aside)
    {
        var marked = CommitMark.Read(source);
        using (var connection = StoreConnection.OpenReader(source))
        {
            Schema.Check(connection, source, marked is not null);
            CommitMark.Check(marked, connection, source);
            connection.EndReads();
            connection.Execute("PRAGMA query_only=OFF"); // It forbids to write any file, the copy among them.
            connection.Prepare("VACUUM INTO ?").Bind(aside).Run();
        }

        using var copy = StoreConnection.OpenReader(aside);
        Integrity.CheckFile(copy, aside);
        copy.ReadSnapshot(static connection =>
        {
            RowChecks.CheckAll(connection);
            return true;
        });
    }
}
