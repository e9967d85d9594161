using OrleansMcp.Quotas;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Ledgers;

/// <summary>
/// The ledger of a tenant, in two rows of two tables: its content and version, and its version once more. A page that an old write left
/// behind (its rows and their checksums are in order) would refill what was spent; the other page tells.
/// </summary>
internal static class LedgerRow
{
    private const string Table = "ledgers";
    private const string Versions = "ledger_versions";

    /// <summary>The ledger and its version; null when nothing was ever written.</summary>
    /// <exception cref="StoreDamagedException">It is damaged, older than its version says, or one of both rows is missing.</exception>
    public static (LedgerRecord Record, long Version)? Read(StoreConnection connection, string tenant)
    {
        var row = connection.Prepare("SELECT version, content, sum FROM ledgers WHERE tenant = ?").Bind(tenant);
        var found = row.Step() ? Of(tenant, row.Number(0), row.Bytes(1), row.Bytes(2)) : ((LedgerRecord Record, long Version)?)null;
        return VersionOf(connection, tenant) == found?.Version
            ? found
            : throw StoreDamagedException.OfRow(Table, tenant, "its version is not the one that was written last");
    }

    /// <summary>Replaces the ledger of version <paramref name="former"/>, 0 for none; false when that one is not there.</summary>
    public static bool TryWrite(StoreConnection connection, string tenant, long former, byte[] content)
    {
        var (version, sum) = (former + 1, Checksum(tenant, former + 1, content).ToBytes());
        var isWritten = former == 0
            ? connection.Prepare("INSERT INTO ledgers (version, content, sum, tenant) VALUES (?, ?, ?, ?) ON CONFLICT (tenant) DO NOTHING")
                .Bind(version).Bind(content).Bind(sum).Bind(tenant).Run()
            : connection.Prepare("UPDATE ledgers SET version = ?, content = ?, sum = ? WHERE tenant = ? AND version = ?")
                .Bind(version).Bind(content).Bind(sum).Bind(tenant).Bind(former).Run();
        if (isWritten != 1)
        {
            return false;
        }

        connection.Prepare("""
            INSERT INTO ledger_versions (tenant, version, sum) VALUES (?, ?, ?)
            ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, sum = excluded.sum
            """).Bind(tenant).Bind(version).Bind(VersionChecksum(tenant, version).ToBytes()).Run();
        return true;
    }

    private static (LedgerRecord, long) Of(string tenant, long version, ReadOnlySpan<byte> content, ReadOnlySpan<byte> sum)
    {
        if (!Checksum(tenant, version, content).Is(sum))
        {
            throw StoreDamagedException.OfRow(Table, tenant, "its checksum does not fit");
        }

        try
        {
            return (LedgerRecord.Read(content), version);
        }
        catch (InvalidDataException e)
        {
            throw StoreDamagedException.OfRow(Table, tenant, "it holds no ledger", e);
        }
    }

    private static long? VersionOf(StoreConnection connection, string tenant)
    {
        var row = connection.Prepare("SELECT version, sum FROM ledger_versions WHERE tenant = ?").Bind(tenant);
        if (!row.Step())
        {
            return null;
        }

        return VersionChecksum(tenant, row.Number(0)).Is(row.Bytes(1))
            ? row.Number(0)
            : throw StoreDamagedException.OfRow(Versions, tenant, "its checksum does not fit");
    }

    private static RowChecksum Checksum(string tenant, long version, ReadOnlySpan<byte> content) =>
        RowChecksum.Of(Table).Add(tenant).Add(version).Add(content);

    private static RowChecksum VersionChecksum(string tenant, long version) => RowChecksum.Of(Versions).Add(tenant).Add(version);
}
