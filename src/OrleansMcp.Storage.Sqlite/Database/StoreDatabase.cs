using Microsoft.Data.Sqlite;
using OrleansMcp.Storage.Sqlite.Folders;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>The database of a data folder, held by this process: one writer, and readers beside it.</summary>
internal sealed class StoreDatabase : IDisposable
{
    private readonly DataFolder _folder;
    private readonly Action<StoreDamagedException>? _damaged;
    private StoreDamagedException? _damage;

    private StoreDatabase(DataFolder folder, CommitMark mark, SqliteStoreOptions options)
    {
        (_folder, _damaged) = (folder, options.Damaged);
        Writer = new StoreWriter(folder.Database, CommitMarkFile.Open(folder.Database, mark), options.MaxQueuedBytes, Report);
        Readers = new StoreReaders(folder.Database, options.Readers, Report);
    }

    public StoreWriter Writer { get; }

    public StoreReaders Readers { get; }

    /// <summary>The database file.</summary>
    public string File => _folder.Database;

    /// <summary>
    /// Takes the folder for this process, makes the database when there is none, and checks the file: a corrupt one stops the start, because
    /// no part of it can be relied on.
    /// </summary>
    /// <exception cref="DataFolderLockedException">Another server holds the folder.</exception>
    /// <exception cref="StoreDamagedException">The file is damaged.</exception>
    /// <exception cref="IOException">The folder or the database cannot be used, and the message says why.</exception>
    public static StoreDatabase Open(SqliteStoreOptions options)
    {
        var folder = DataFolder.Hold(options.DataFolder);
        try
        {
            var marked = CommitMark.Read(folder.Database);
            RefuseRest(folder.Database, marked);
            folder.CreateDatabaseFile();
            Integrity.CheckHeader(folder.Database);
            return new StoreDatabase(folder, Prepare(folder.Database, marked), options);
        }
        catch (SqliteException e)
        {
            folder.Dispose();
            throw StoreFailures.TranslateAtStart(e, folder.Database);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Readers.Dispose(); // They leave the journal alone: the writer, the last to close, brings it into the file.
        Writer.Dispose();
        _folder.Dispose();
    }

    /// <summary>
    /// A database is made only where there was none. In the place of one that is gone, a new one would have forgotten what was revoked and spent.
    /// </summary>
    private static void RefuseRest(string file, CommitMark? marked)
    {
        var isThere = new FileInfo(file) is { Exists: true, Length: > 0 };
        if (!isThere && (marked is not null || DiskReserve.IsBeside(file) || new FileInfo(file + "-wal") is { Exists: true, Length: > 0 }))
        {
            throw StoreDamagedException.OfFile(file, "it is missing or empty, and other files of it are there");
        }
    }

    private static CommitMark Prepare(string file, CommitMark? marked)
    {
        using var connection = StoreConnection.OpenExaminer(file);
        var wasServed = marked is not null || DiskReserve.IsBeside(file);
        if (!wasServed && Schema.IsNew(connection))
        {
            Schema.Create(connection);
        }

        Schema.Check(connection, file, wasServed);
        CommitMark.Check(marked, connection, file);
        Integrity.CheckFile(connection, file);
        return CommitMark.Of(connection);
    }

    /// <summary>Stops the writer and reports the first damage. Later reads and writes find the same damage, which is not reported again.</summary>
    private void Report(StoreDamagedException damage)
    {
        if (Interlocked.CompareExchange(ref _damage, damage, null) is null)
        {
            Writer.Stop(damage);
            _damaged?.Invoke(damage);
        }
    }
}
