using OrleansMcp.Auditing;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Audit;

/// <summary>The rows of the audit: one a line of a chain, and one that says what the chain's last line is.</summary>
internal static class AuditRows
{
    private const string Table = "audit";
    private const string Heads = "audit_heads";

    /// <summary>The stored head of a chain; null when there is none that can be relied on.</summary>
    public static AuditHead? ReadHead(StoreConnection connection, string chain)
    {
        var row = connection.Prepare("SELECT sequence, hash, sum FROM audit_heads WHERE chain = ?").Bind(chain);
        if (!row.Step())
        {
            return null;
        }

        var head = new AuditHead(row.Number(0), row.Text(1));
        return Checksum(chain, head).Is(row.Bytes(2)) && AuditHead.IsHash(head.Hash) ? head : null;
    }

    /// <summary>Whether the head of a chain is in order, or not there at all.</summary>
    public static bool IsHeadWhole(StoreConnection connection, string chain) =>
        ReadHead(connection, chain) is not null || !connection.Prepare("SELECT 1 FROM audit_heads WHERE chain = ?").Bind(chain).Step();

    /// <summary>The last entry of a chain as its line says; none when there is none, or its line is none.</summary>
    public static AuditHead ReadLast(StoreConnection connection, string chain)
    {
        var row = connection.Prepare("SELECT line FROM audit WHERE chain = ? ORDER BY sequence DESC LIMIT 1").Bind(chain);
        return row.Step() && AuditLine.TryRead(row.Bytes(0), out var line) ? line.Head : AuditHead.None;
    }

    public static void Append(StoreConnection connection, string chain, long sequence, byte[] line) => connection
        .Prepare("INSERT INTO audit (chain, sequence, line, sum) VALUES (?, ?, ?, ?)")
        .Bind(chain).Bind(sequence).Bind(line).Bind(Checksum(chain, sequence, line).ToBytes()).Run();

    public static void WriteHead(StoreConnection connection, string chain, AuditHead head) => connection.Prepare("""
        INSERT INTO audit_heads (chain, sequence, hash, sum) VALUES (?, ?, ?, ?)
        ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, sum = excluded.sum
        """).Bind(chain).Bind(head.Sequence).Bind(head.Hash).Bind(Checksum(chain, head).ToBytes()).Run();

    /// <summary>The names of all chains of which a head or an entry is stored.</summary>
    public static List<string> Chains(StoreConnection connection)
    {
        var chains = new List<string>();
        var row = connection.Prepare("SELECT chain FROM audit_heads UNION SELECT chain FROM audit ORDER BY 1");
        while (row.Step())
        {
            chains.Add(row.Text(0));
        }

        return chains;
    }

    /// <summary>Rows of a chain behind a sequence, in order.</summary>
    public static List<StoredLine> ReadPage(StoreConnection connection, string chain, long after, int most)
    {
        var page = new List<StoredLine>();
        var row = connection.Prepare("SELECT sequence, line, sum FROM audit WHERE chain = ? AND sequence > ? ORDER BY sequence LIMIT ?")
            .Bind(chain).Bind(after).Bind(most);
        while (row.Step())
        {
            var (sequence, line) = (row.Number(0), row.Bytes(1).ToArray());
            page.Add(new StoredLine(sequence, line, Checksum(chain, sequence, line).Is(row.Bytes(2))));
        }

        return page;
    }

    private static RowChecksum Checksum(string chain, long sequence, ReadOnlySpan<byte> line) =>
        RowChecksum.Of(Table).Add(chain).Add(sequence).Add(line);

    private static RowChecksum Checksum(string chain, AuditHead head) => RowChecksum.Of(Heads).Add(chain).Add(head.Sequence).Add(head.Hash);
}

/// <summary>A row of a chain.</summary>
/// <param name="Sequence">Where it stands.</param>
/// <param name="Line">Its line.</param>
/// <param name="IsWhole">Whether its checksum fits.</param>
internal sealed record StoredLine(long Sequence, byte[] Line, bool IsWhole);
