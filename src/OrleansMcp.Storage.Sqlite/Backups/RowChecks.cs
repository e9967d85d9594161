using System.Globalization;
using OrleansMcp.Storage.Sqlite.Audit;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Storage.Sqlite.Keys;
using OrleansMcp.Storage.Sqlite.Ledgers;
using OrleansMcp.Storage.Sqlite.Records;
using OrleansMcp.Storage.Sqlite.Sessions;

namespace OrleansMcp.Storage.Sqlite.Backups;

/// <summary>Reads every row of a database and checks it by itself and against the rows that must fit it.</summary>
internal static class RowChecks
{
    private const int Page = 1000;

    /// <exception cref="StoreDamagedException">One of the rows is damaged.</exception>
    public static void CheckAll(StoreConnection connection)
    {
        foreach (var name in Texts(connection, "SELECT name FROM meta"))
        {
            Meta.Read(connection, name);
        }

        foreach (var row in SessionRow.ReadAll(connection))
        {
            _ = row.Version;
        }

        foreach (var tenant in Texts(connection, "SELECT tenant FROM sessions UNION SELECT tenant FROM session_digests"))
        {
            SessionRow.List(connection, tenant);
        }

        foreach (var tenant in Texts(connection, "SELECT tenant FROM ledgers UNION SELECT tenant FROM ledger_versions"))
        {
            LedgerRow.Read(connection, tenant);
        }

        foreach (var space in RecordHead.Namespaces(connection))
        {
            SqliteRecordLog.Read(connection, space, RecordHead.Read(connection, space)!);
        }

        foreach (var chain in AuditRows.Chains(connection))
        {
            CheckChain(connection, chain);
        }

        foreach (var name in Texts(connection, "SELECT name FROM session_id_keys"))
        {
            SqliteSessionIdKeyRing.Read(connection, name);
        }
    }

    /// <summary>
    /// Row by row: a chain that was damaged once and went on behind the gap says so for ever, and is backed up as it is. Whether entries are
    /// missing is for <c>audit verify</c> to say.
    /// </summary>
    private static void CheckChain(StoreConnection connection, string chain)
    {
        if (!AuditRows.IsHeadWhole(connection, chain))
        {
            throw StoreDamagedException.OfRow("audit_heads", chain, "its checksum does not fit");
        }

        var after = long.MinValue;
        while (AuditRows.ReadPage(connection, chain, after, Page) is { Count: > 0 } page)
        {
            if (page.Find(static row => !row.IsWhole) is { } damaged)
            {
                throw StoreDamagedException.OfRow("audit", string.Create(CultureInfo.InvariantCulture, $"{chain} {damaged.Sequence}"), "its checksum does not fit");
            }

            after = page[^1].Sequence;
        }
    }

    private static List<string> Texts(StoreConnection connection, string sql)
    {
        var texts = new List<string>();
        var row = connection.Prepare(sql);
        while (row.Step())
        {
            texts.Add(row.Text(0));
        }

        return texts;
    }
}
