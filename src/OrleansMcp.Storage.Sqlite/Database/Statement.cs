using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// A prepared statement of one connection, used again and again. Values are bound in the order of their marks. Not thread-safe, like its
/// connection.
/// </summary>
internal sealed class Statement(sqlite3 connection, sqlite3_stmt statement) : IDisposable
{
    private int _bound;

    /// <summary>Begins anew: no value is bound and no row is read.</summary>
    public Statement Begin()
    {
        raw.sqlite3_reset(statement);
        _bound = 0;
        return this;
    }

    public Statement Bind(string value)
    {
        Check(raw.sqlite3_bind_text(statement, ++_bound, value));
        return this;
    }

    public Statement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(statement, ++_bound, value));
        return this;
    }

    public Statement Bind(ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, ++_bound, 0) : raw.sqlite3_bind_blob(statement, ++_bound, value));
        return this;
    }

    /// <summary>Moves to the next row; false when there is none.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        if (result != raw.SQLITE_DONE)
        {
            var failure = Failure(result);
            raw.sqlite3_reset(statement);
            throw failure;
        }

        raw.sqlite3_reset(statement); // Lets go of the read transaction at once.
        return false;
    }

    /// <summary>Runs a statement without rows and returns how many rows it changed.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public int Run()
    {
        while (Step())
        {
            // A pragma may return rows, which are ignored.
        }

        return raw.sqlite3_changes(connection);
    }

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    /// <summary>A text; empty when the column holds none.</summary>
    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string() ?? "";

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public void Dispose() => statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Failure(result);
        }
    }

    private SqliteException Failure(int result) => StoreConnection.Failure(connection, result);
}
