using OrleansMcp.Records.Log;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Records;

/// <summary>
/// The head of a namespace: what its records and grants must fit. A page that an old write left behind (its rows and their checksums are in
/// order) shows by what is in other pages: the records are not those that the head was written with, or the grants are of another version.
/// </summary>
/// <param name="Version">The number of the last transaction.</param>
/// <param name="Epoch">Raised by every actor that loads the namespace: one that wrote under a lower one is fenced off.</param>
/// <param name="Digest">Of all records there are (<see cref="RowDigest"/>).</param>
/// <param name="RulesVersion">The transaction that changed the grants last; 0 when none did.</param>
/// <param name="Recent">Transactions of the last minute, as bytes.</param>
internal sealed record RecordHead(long Version, long Epoch, byte[] Digest, long RulesVersion, byte[] Recent)
{
    /// <summary>The head of a namespace that was never written.</summary>
    public static RecordHead None { get; } = new(0, 1, RowDigest.None, 0, []);

    private const string Table = "record_heads";

    /// <summary>Null when nothing was ever written.</summary>
    /// <exception cref="StoreDamagedException">The row is damaged, or missing although there are records or grants.</exception>
    public static RecordHead? Read(StoreConnection connection, string space)
    {
        var row = connection.Prepare("SELECT version, epoch, digest, rules_version, recent, sum FROM record_heads WHERE namespace = ?").Bind(space);
        if (row.Step())
        {
            return Of(space, row, 0);
        }

        return HasOrphans(connection, space) ? throw StoreDamagedException.OfRow(Table, space, "it is missing, and what belongs to it is there") : null;
    }

    /// <summary>The names of all namespaces of which a head, a grant or a record is stored.</summary>
    public static List<string> Namespaces(StoreConnection connection)
    {
        var spaces = new List<string>();
        var row = connection.Prepare("SELECT namespace FROM record_heads UNION SELECT namespace FROM record_rules UNION SELECT namespace FROM records");
        while (row.Step())
        {
            spaces.Add(row.Text(0));
        }

        return spaces;
    }

    /// <summary>Replaces the head <paramref name="former"/>, null for none; false when that one is not there.</summary>
    public bool TryWrite(StoreConnection connection, string space, RecordHead? former)
    {
        var statement = connection.Prepare(former is null
            ? "INSERT INTO record_heads (version, epoch, digest, rules_version, recent, sum, namespace) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (namespace) DO NOTHING"
            : "UPDATE record_heads SET version = ?, epoch = ?, digest = ?, rules_version = ?, recent = ?, sum = ? WHERE namespace = ? AND version = ? AND epoch = ?");
        statement.Bind(Version).Bind(Epoch).Bind(Digest).Bind(RulesVersion).Bind(Recent).Bind(Checksum(space).ToBytes()).Bind(space);
        return (former is null ? statement : statement.Bind(former.Version).Bind(former.Epoch)).Run() == 1;
    }

    /// <summary>As the record log hands them out.</summary>
    /// <exception cref="StoreDamagedException">They are none.</exception>
    public IReadOnlyList<KnownTransaction> RecentOf(string space)
    {
        try
        {
            return KnownTransactionFormat.Read(Recent);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw StoreDamagedException.OfRow(Table, space, "its transactions are none", e);
        }
    }

    private static RecordHead Of(string space, Statement row, int at)
    {
        var head = new RecordHead(row.Number(at), row.Number(at + 1), row.Bytes(at + 2).ToArray(), row.Number(at + 3), row.Bytes(at + 4).ToArray());
        return head.Checksum(space).Is(row.Bytes(at + 5)) ? head : throw StoreDamagedException.OfRow(Table, space, "its checksum does not fit");
    }

    private static bool HasOrphans(StoreConnection connection, string space) =>
        connection.Prepare("SELECT 1 FROM records WHERE namespace = ? LIMIT 1").Bind(space).Step()
        || connection.Prepare("SELECT 1 FROM record_rules WHERE namespace = ?").Bind(space).Step();

    private RowChecksum Checksum(string space) =>
        RowChecksum.Of(Table).Add(space).Add(Version).Add(Epoch).Add(Digest).Add(RulesVersion).Add(Recent);
}
