namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>Numbers that belong to the database as a whole.</summary>
internal static class Meta
{
    /// <summary>When a back-up was brought into the place of this database last: UTC ticks.</summary>
    public const string RestoredAt = "restored_at";

    /// <summary>What the readiness probe writes.</summary>
    public const string Probe = "probe";

    /// <summary>Which database it is (<see cref="CommitMark"/>).</summary>
    public const string Identity = "identity";

    /// <summary>How many commits it has (<see cref="CommitMark"/>).</summary>
    public const string Commits = "commits";

    /// <summary>That commits of this database were noted beside it (<see cref="CommitMark"/>): there is a mark from then on.</summary>
    public const string Marked = "marked";

    /// <summary>The version of the keys that sign session ids. In another page than they: former keys do not come back alone.</summary>
    public const string KeysVersion = "session_id_keys";

    /// <summary>The table.</summary>
    public const string Table = "meta";

    /// <summary>Null when there is no such number.</summary>
    /// <exception cref="StoreDamagedException">The row is damaged.</exception>
    public static long? Read(StoreConnection connection, string name)
    {
        var row = connection.Prepare("SELECT value, sum FROM meta WHERE name = ?").Bind(name);
        if (!row.Step())
        {
            return null;
        }

        return Checksum(name, row.Number(0)).Is(row.Bytes(1))
            ? row.Number(0)
            : throw StoreDamagedException.OfRow(Table, name, "its checksum does not fit");
    }

    public static void Write(StoreConnection connection, string name, long value) => connection
        .Prepare("INSERT INTO meta (name, value, sum) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value, sum = excluded.sum")
        .Bind(name).Bind(value).Bind(Checksum(name, value).ToBytes()).Run();

    public static void Remove(StoreConnection connection, string name) => connection.Prepare("DELETE FROM meta WHERE name = ?").Bind(name).Run();

    private static RowChecksum Checksum(string name, long value) => RowChecksum.Of(Table).Add(name).Add(value);
}
