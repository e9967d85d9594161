namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// A digest of each tenant's session rows, in a table of its own: a session whose row fell back to an older one, is missing, or came back after
/// its end, gives another. Units say which rows they take in and out; the changes of a group are written once, before its commit.
/// </summary>
/// <remarks>Of one connection, and used by its thread.</remarks>
internal sealed class RowDigests
{
    private const string Table = "session_digests";

    private readonly Dictionary<string, byte[]> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _unit = new(StringComparer.Ordinal);

    /// <summary>The stored digest of a tenant's rows.</summary>
    /// <exception cref="StoreDamagedException">It is damaged.</exception>
    public static byte[] Read(StoreConnection connection, string tenant) =>
        TryRead(connection, tenant, out var digest) ? digest : throw StoreDamagedException.OfRow(Table, tenant, "its checksum does not fit");

    /// <summary>Takes a row in, or out again.</summary>
    public void Toggle(string tenant, ReadOnlySpan<byte> sum) => Toggle(_unit, tenant, sum);

    /// <summary>The unit is done: its changes belong to the group.</summary>
    public void Keep()
    {
        foreach (var (tenant, change) in _unit)
        {
            Toggle(_kept, tenant, change);
        }

        _unit.Clear();
    }

    /// <summary>The unit is taken back.</summary>
    public void Drop() => _unit.Clear();

    /// <summary>The group is taken back.</summary>
    public void Clear()
    {
        _unit.Clear();
        _kept.Clear();
    }

    /// <summary>Writes what was kept. A digest that is damaged stays so: it is found where it is read, and concerns its tenant alone.</summary>
    public void Write(StoreConnection connection)
    {
        foreach (var (tenant, change) in _kept)
        {
            if (TryRead(connection, tenant, out var digest))
            {
                RowDigest.Toggle(digest, change);
                connection.Prepare("""
                    INSERT INTO session_digests (tenant, digest, sum) VALUES (?, ?, ?)
                    ON CONFLICT (tenant) DO UPDATE SET digest = excluded.digest, sum = excluded.sum
                    """).Bind(tenant).Bind(digest).Bind(Checksum(tenant, digest).ToBytes()).Run();
            }
        }

        _kept.Clear();
    }

    private static bool TryRead(StoreConnection connection, string tenant, out byte[] digest)
    {
        var row = connection.Prepare("SELECT digest, sum FROM session_digests WHERE tenant = ?").Bind(tenant);
        if (!row.Step())
        {
            digest = RowDigest.None;
            return true;
        }

        digest = row.Bytes(0).ToArray();
        return Checksum(tenant, digest).Is(row.Bytes(1));
    }

    private static void Toggle(Dictionary<string, byte[]> digests, string tenant, ReadOnlySpan<byte> sum)
    {
        if (!digests.TryGetValue(tenant, out var digest))
        {
            digests.Add(tenant, digest = RowDigest.None);
        }

        RowDigest.Toggle(digest, sum);
    }

    private static RowChecksum Checksum(string tenant, ReadOnlySpan<byte> digest) => RowChecksum.Of(Table).Add(tenant).Add(digest);
}
