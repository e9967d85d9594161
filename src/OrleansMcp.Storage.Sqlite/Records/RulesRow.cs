using OrleansMcp.Records.Log;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Records;

/// <summary>
/// The grants and the schema of a namespace, apart from its head and with the version that the head names: neither row can fall back to an older
/// one without the other, so that no stale page brings a revoked grant back.
/// </summary>
internal static class RulesRow
{
    private const string Table = "record_rules";

    /// <summary>The grants and the schema that belong to a head.</summary>
    /// <exception cref="StoreDamagedException">The row is damaged, or of another version than the head says.</exception>
    public static RecordRules Read(StoreConnection connection, string space, long version)
    {
        var row = connection.Prepare("SELECT version, content, sum FROM record_rules WHERE namespace = ?").Bind(space);
        if (!row.Step())
        {
            return version == 0 ? RecordRules.None : throw StoreDamagedException.OfRow(Table, space, "it is missing");
        }

        if (!Checksum(space, row.Number(0), row.Bytes(1)).Is(row.Bytes(2)))
        {
            throw StoreDamagedException.OfRow(Table, space, "its checksum does not fit");
        }

        return row.Number(0) == version ? Of(space, row.Bytes(1)) : throw StoreDamagedException.OfRow(Table, space, "its version is not that of the head");
    }

    public static void Write(StoreConnection connection, string space, long version, RecordRules rules)
    {
        var content = RecordFormat.Write(rules);
        connection.Prepare("""
            INSERT INTO record_rules (namespace, version, content, sum) VALUES (?, ?, ?, ?)
            ON CONFLICT (namespace) DO UPDATE SET version = excluded.version, content = excluded.content, sum = excluded.sum
            """).Bind(space).Bind(version).Bind(content).Bind(Checksum(space, version, content).ToBytes()).Run();
    }

    private static RecordRules Of(string space, ReadOnlySpan<byte> content)
    {
        try
        {
            return RecordFormat.ReadRules(content);
        }
        catch (InvalidDataException e)
        {
            throw StoreDamagedException.OfRow(Table, space, "it holds no grants and no schema", e);
        }
    }

    private static RowChecksum Checksum(string space, long version, ReadOnlySpan<byte> content) =>
        RowChecksum.Of(Table).Add(space).Add(version).Add(content);
}
