using OrleansMcp.Signals.Chains;
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

    private static void CheckChain(StoreConnection connection, string chain)
    {
        var check = new AuditChainCheck(chain);
        if (AuditRows.ReadHead(connection, chain) is { } head)
        {
            check.Anchor(head);
        }

        var after = long.MinValue;
        while (AuditRows.ReadPage(connection, chain, after, Page) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                SqliteAuditReader.Judge(check, chain, row);
            }

            after = page[^1].Sequence;
        }

        check.Complete(chain);
        if (check.Findings is [var finding, ..])
        {
            throw StoreDamagedException.OfRow("audit", finding.Place, finding.Problem.TrimEnd('.'));
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
