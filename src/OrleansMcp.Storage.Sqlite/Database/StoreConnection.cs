using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>One connection to the database with its prepared statements. One thread at a time.</summary>
internal sealed class StoreConnection : IDisposable
{
    /// <summary>How long a statement waits for the write lock of another process, which holds it for one commit.</summary>
    private const int BusyMilliseconds = 10_000;

    /// <summary>A journal that grew while a long read kept it is cut back to 64 MiB.</summary>
    private const string JournalLimit = "PRAGMA journal_size_limit=67108864";

    /// <summary>
    /// The journal is brought into the database each 16 MiB, not each 4: pages that change often, as those of short sessions do, are copied
    /// less often.
    /// </summary>
    private const string Checkpoints = "PRAGMA wal_autocheckpoint=4000";

    /// <summary>SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE (sqlite.org/c3ref/c_dbconfig_defensive.html).</summary>
    private const int NoCheckpointOnClose = 1006;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private StoreConnection(SqliteConnection connection) => _connection = connection;

    /// <summary>Whether a transaction is open. Some failures end it on their own.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Of the rows that the open transaction changes.</summary>
    public RowDigests Digests { get; } = new();

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>Opens a database that is there. What is deleted is overwritten: an ended session leaves nothing in the file.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is none.</exception>
    public static StoreConnection OpenWriter(string file) =>
        Open(file, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON", Checkpoints, JournalLimit);

    /// <summary>Opens a database that is there, and never changes it.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is none.</exception>
    public static StoreConnection OpenReader(string file)
    {
        var connection = Open(file, "PRAGMA query_only=ON");
        connection.KeepJournal();
        return connection;
    }

    /// <summary>Opens a database that is there, to look at it and to write only when it is found in order.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is none.</exception>
    public static StoreConnection OpenExaminer(string file)
    {
        var connection = OpenWriter(file);
        connection.KeepJournal();
        return connection;
    }

    /// <summary>An empty database in memory.</summary>
    public static StoreConnection OpenMemory()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return new StoreConnection(connection);
    }

    /// <summary>The statement, prepared by its first use and ready to be bound.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
        {
            return known.Begin();
        }

        var result = raw.sqlite3_prepare_v2(Handle, sql, out var prepared);
        if (result != raw.SQLITE_OK)
        {
            throw Failure(Handle, result);
        }

        var statement = new Statement(Handle, prepared);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>
    /// The journal is left alone when this connection is the last one to close: one that does not belong to the database is not brought into it.
    /// </summary>
    private void KeepJournal() => raw.sqlite3_db_config(Handle, NoCheckpointOnClose, 1, out _);

    /// <summary>Runs something once; its statement is not kept.</summary>
    public void Execute(string sql)
    {
        var result = raw.sqlite3_exec(Handle, sql);
        if (result != raw.SQLITE_OK)
        {
            throw Failure(Handle, result);
        }
    }

    /// <summary>Ends statements that were left in the middle of their rows: as long as they stand there, they hold their snapshot.</summary>
    public void EndReads()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Begin();
        }
    }

    /// <summary>Reads within one snapshot: what is committed meanwhile does not show.</summary>
    public T ReadSnapshot<T>(Func<StoreConnection, T> read)
    {
        Prepare("BEGIN").Run();
        try
        {
            return read(this);
        }
        finally
        {
            if (IsInTransaction)
            {
                EndReads(); // A statement that was left in the middle of its rows would keep the snapshot.
                Prepare("ROLLBACK").Run();
            }
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _connection.Dispose();
    }

    /// <summary>Ends the transaction, if one is open, and takes back what it did. False when even that failed: then close the connection.</summary>
    public bool TryRollback()
    {
        try
        {
            EndReads();
            if (IsInTransaction)
            {
                Prepare("ROLLBACK").Run();
            }

            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    internal static SqliteException Failure(sqlite3 connection, int result)
    {
        var extended = raw.sqlite3_extended_errcode(connection);
        return new SqliteException(raw.sqlite3_errmsg(connection).utf8_to_string(), result & 0xff, extended == 0 ? result : extended);
    }

    private static StoreConnection Open(string file, params string[] pragmas)
    {
        // Without the pool, which would keep files open that are replaced or deleted.
        var builder = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        var connection = new SqliteConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            raw.sqlite3_extended_result_codes(connection.Handle, 1);
            raw.sqlite3_busy_timeout(connection.Handle, BusyMilliseconds);
            var opened = new StoreConnection(connection);
            foreach (var pragma in pragmas)
            {
                opened.Execute(pragma);
            }

            return opened;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
