using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>What failures of SQLite are to those who use the store.</summary>
internal static class StoreFailures
{
    private const int DiskFull = unchecked((int)0x80070070); // as .NET marks it

    /// <summary>The disk has no space.</summary>
    public static IOException Full(string file, Exception? inner = null) =>
        new($"The disk of '{file}' is full: nothing was written. Writing goes on when there is space.", inner) { HResult = DiskFull };

    /// <summary>Whether the failure is one of <see cref="Full"/>.</summary>
    public static bool IsFull(IOException failure) => failure.HResult == DiskFull;

    /// <summary>As <see cref="Translate"/>, for a file that is opened: a statement of ours that SQLite cannot make sense of says that the file is not ours any more.</summary>
    public static IOException TranslateAtStart(SqliteException failure, string file) =>
        failure.SqliteErrorCode == raw.SQLITE_ERROR ? StoreDamagedException.OfFile(file, failure.Message, failure) : Translate(failure, file);

    /// <summary>The failure as an <see cref="IOException"/> that says in one sentence what is wrong; nothing of what was asked has happened.</summary>
    public static IOException Translate(SqliteException failure, string file) => failure.SqliteErrorCode switch
    {
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StoreDamagedException.OfFile(file, failure.Message, failure),
        raw.SQLITE_FULL => Full(file, failure),
        raw.SQLITE_READONLY => new IOException($"The database '{file}' cannot be written: it is read-only, or its owner is another user.", failure),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new IOException($"The database '{file}' is held by another process: nothing was written.", failure),
        raw.SQLITE_CANTOPEN => new IOException($"The database '{file}' cannot be opened: {failure.Message}", failure),
        _ => new IOException($"The database '{file}' failed: {failure.Message} ({failure.SqliteExtendedErrorCode}). Nothing was written.", failure),
    };
}
