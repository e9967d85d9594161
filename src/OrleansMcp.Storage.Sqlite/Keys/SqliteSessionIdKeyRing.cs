using Microsoft.Data.Sqlite;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Keys;

/// <summary>
/// The keys that sign session ids, in one row. Changes are made on a connection of their own and not through the writer: the process that
/// makes them need not be the server.
/// </summary>
internal sealed class SqliteSessionIdKeyRing(string file, StoreReaders readers) : ISessionIdKeyRing
{
    private const string Table = "session_id_keys";
    private const string Name = "session ids";

    /// <inheritdoc/>
    public SessionIdKeys ReadOrCreate() => readers.Run(static connection => Read(connection))?.Keys ?? Change(static found => found ?? SessionIdKeys.New());

    /// <inheritdoc/>
    public SessionIdKeys Read() => Present(readers.Run(static connection => Read(connection))?.Keys);

    /// <inheritdoc/>
    public SessionIdKeyNames Rotate() => SessionIdKeyNames.Of(Change(found => Present(found).Rotated(file)));

    /// <inheritdoc/>
    public SessionIdKeyNames Retire() => SessionIdKeyNames.Of(Change(found => Present(found).WithoutFormer(file)));

    /// <summary>The row; null when there is none.</summary>
    /// <exception cref="StoreDamagedException">It is damaged.</exception>
    internal static (SessionIdKeys Keys, long Version)? Read(StoreConnection connection) => Read(connection, Name);

    /// <summary>The row of that name; null when there is none.</summary>
    /// <exception cref="StoreDamagedException">It is damaged.</exception>
    internal static (SessionIdKeys Keys, long Version)? Read(StoreConnection connection, string name)
    {
        var row = connection.Prepare("SELECT version, content, sum FROM session_id_keys WHERE name = ?").Bind(name);
        var found = row.Step() ? Of(name, row) : ((SessionIdKeys Keys, long Version)?)null;
        return (Meta.Read(connection, Meta.KeysVersion) ?? 0) == (found?.Version ?? 0)
            ? found
            : throw StoreDamagedException.OfRow(Table, name, "it is missing, or its version is not the one that was written last");
    }

    private static (SessionIdKeys Keys, long Version) Of(string name, Statement row) =>
        Checksum(name, row.Number(0), row.Bytes(1)).Is(row.Bytes(2)) && SessionIdKeys.OfBytes(row.Bytes(1)) is { } keys
            ? (keys, row.Number(0))
            : throw StoreDamagedException.OfRow(Table, name, "its checksum does not fit, or it holds no keys");

    private SessionIdKeys Present(SessionIdKeys? keys) => keys
        ?? throw new SessionIdKeyException($"There are no keys of session ids in '{file}': a server makes them when it first starts on a folder.");

    private SessionIdKeys Change(Func<SessionIdKeys?, SessionIdKeys> change)
    {
        try
        {
            var marked = CommitMark.Read(file);
            using var connection = StoreConnection.OpenWriter(file);
            connection.Prepare("BEGIN IMMEDIATE").Run(); // Two changes at a time come one after the other.
            CommitMark.Check(marked, connection, file);
            var found = Read(connection);
            var keys = change(found?.Keys);
            Write(connection, keys, (found?.Version ?? 0) + 1);
            var mark = CommitMark.Next(connection);
            connection.EndReads();
            connection.Prepare("COMMIT").Run();
            CommitMarkFile.Open(file, mark).Dispose();
            return keys;
        }
        catch (SqliteException e)
        {
            throw StoreFailures.Translate(e, file);
        }
    }

    private static void Write(StoreConnection connection, SessionIdKeys keys, long version)
    {
        var content = keys.ToBytes();
        connection.Prepare("""
            INSERT INTO session_id_keys (name, version, content, sum) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET version = excluded.version, content = excluded.content, sum = excluded.sum
            """).Bind(Name).Bind(version).Bind(content).Bind(Checksum(Name, version, content).ToBytes()).Run();
        Meta.Write(connection, Meta.KeysVersion, version);
    }

    private static RowChecksum Checksum(string name, long version, ReadOnlySpan<byte> content) =>
        RowChecksum.Of(Table).Add(name).Add(version).Add(content);
}
