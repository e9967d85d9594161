using OrleansMcp.Auditing;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Storage.Sqlite.Audit;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Storage.Sqlite.Folders;
using OrleansMcp.Storage.Sqlite.Keys;

namespace OrleansMcp.Storage.Sqlite;

/// <summary>A data folder for commands: they take no lock, and work while a server runs on the folder or while none does.</summary>
public sealed class SqliteDataFolder : IDisposable
{
    private const int Readers = 1;

    private readonly StoreReaders _readers;

    private SqliteDataFolder(string file)
    {
        _readers = new StoreReaders(file, Readers, static _ => { });
        Audit = new SqliteAuditReader(_readers);
        Keys = new SqliteSessionIdKeyRing(file, _readers);
    }

    /// <summary>The audit.</summary>
    public IAuditReader Audit { get; }

    /// <summary>The keys that sign session ids.</summary>
    public ISessionIdKeyRing Keys { get; }

    /// <summary>Opens the folder.</summary>
    /// <exception cref="IOException">There is no database in it, or one that this version cannot read.</exception>
    public static SqliteDataFolder Open(string dataFolder)
    {
        var folder = new SqliteDataFolder(Find(dataFolder));
        try
        {
            var file = Find(dataFolder);
            var marked = CommitMark.Read(file);
            folder._readers.Run(connection =>
            {
                Schema.Check(connection, file, marked is not null);
                CommitMark.Check(marked, connection, file);
                return true;
            });
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Closes what it opened.</summary>
    public void Dispose() => _readers.Dispose();

    /// <exception cref="IOException">There is no database in the folder.</exception>
    internal static string Find(string dataFolder)
    {
        var file = DataFolder.DatabaseOf(Path.GetFullPath(dataFolder));
        return File.Exists(file) ? file : throw new IOException($"There is no database in '{Path.GetFullPath(dataFolder)}'.");
    }
}
