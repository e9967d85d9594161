using System.Globalization;
using System.Security.Cryptography;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// The tables of the database. Every row carries a checksum; what each table holds is said where it is used. They are strict: a value of another
/// type, which would be read as something else than what is compared, is refused, and is damage when the file is checked.
/// </summary>
internal static class Schema
{
    /// <summary>The format of the rows. Another one is refused: there is no other way from format to format than a new folder.</summary>
    public const long Format = 2;

    /// <summary>What the database is, in its header: told apart from databases of other programs (PRAGMA application_id).</summary>
    public const long ApplicationId = 0x4f4d4350; // "OMCP"

    private const string FormatRow = "format";

    private const string Tables = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL, sum BLOB NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE sessions (
            key TEXT PRIMARY KEY, tenant TEXT NOT NULL, client TEXT NOT NULL, due_at INTEGER NOT NULL, due_minute INTEGER NOT NULL,
            state_bytes INTEGER NOT NULL, version INTEGER NOT NULL, listing BLOB NOT NULL, epoch INTEGER NOT NULL, asleep INTEGER NOT NULL,
            record BLOB NOT NULL, sum BLOB NOT NULL) STRICT;
        CREATE TABLE session_digests (tenant TEXT PRIMARY KEY, digest BLOB NOT NULL, sum BLOB NOT NULL) WITHOUT ROWID, STRICT;
        CREATE INDEX sessions_due ON sessions (tenant, due_minute);
        CREATE TABLE ledgers (tenant TEXT PRIMARY KEY, version INTEGER NOT NULL, content BLOB NOT NULL, sum BLOB NOT NULL) STRICT;
        CREATE TABLE ledger_versions (tenant TEXT PRIMARY KEY, version INTEGER NOT NULL, sum BLOB NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE record_heads (
            namespace TEXT PRIMARY KEY, version INTEGER NOT NULL, epoch INTEGER NOT NULL, digest BLOB NOT NULL,
            rules_version INTEGER NOT NULL, recent BLOB NOT NULL, sum BLOB NOT NULL) STRICT;
        CREATE TABLE record_rules (namespace TEXT PRIMARY KEY, version INTEGER NOT NULL, content BLOB NOT NULL, sum BLOB NOT NULL) STRICT;
        CREATE TABLE records (
            namespace TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, content BLOB NOT NULL, sum BLOB NOT NULL,
            PRIMARY KEY (namespace, key)) STRICT;
        CREATE TABLE audit (
            chain TEXT NOT NULL, sequence INTEGER NOT NULL, line BLOB NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (chain, sequence)) WITHOUT ROWID, STRICT;
        CREATE TABLE audit_heads (chain TEXT PRIMARY KEY, sequence INTEGER NOT NULL, hash TEXT NOT NULL, sum BLOB NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE session_id_keys (name TEXT PRIMARY KEY, version INTEGER NOT NULL, content BLOB NOT NULL, sum BLOB NOT NULL) WITHOUT ROWID, STRICT;
        """;

    /// <summary>Makes the tables in an empty database, all or none.</summary>
    public static void Create(StoreConnection connection)
    {
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; PRAGMA application_id={ApplicationId}; {Tables}"));
        Meta.Write(connection, FormatRow, Format);
        Meta.Write(connection, Meta.Identity, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))));
        Meta.Write(connection, Meta.Commits, 1);
        connection.Execute("COMMIT");
    }

    /// <summary>Whether the database has no tables at all, and never had.</summary>
    public static bool IsNew(StoreConnection connection) =>
        ApplicationIdOf(connection) == 0 && !connection.Prepare("SELECT 1 FROM sqlite_master LIMIT 1").Step();

    /// <summary>Checks that this is a database of ours in the format of this version.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="file">Its file.</param>
    /// <param name="isMarked">Whether a file beside it says that it is ours (<see cref="CommitMark"/>, <see cref="DiskReserve"/>).</param>
    /// <exception cref="StoreDamagedException">Its header or its tables are not those that were made.</exception>
    /// <exception cref="IOException">It is another program's, or of another format.</exception>
    public static void Check(StoreConnection connection, string file, bool isMarked)
    {
        if (ApplicationIdOf(connection) != ApplicationId)
        {
            throw !isMarked ? new IOException($"The file '{file}' is a database of another program.")
                : IsNew(connection) ? CommitMark.LostCommits(file) // All that was written was in the journal.
                : StoreDamagedException.OfFile(file, "its header is that of another program's");
        }

        var found = Meta.Read(connection, FormatRow) ?? throw StoreDamagedException.OfRow(Meta.Table, FormatRow, "it is missing");
        if (found != Format)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture,
                $"The database '{file}' has format {found}; this version reads format {Format} only. Choose another data folder."));
        }

        using var model = StoreConnection.OpenMemory();
        model.Execute(Tables);
        if (!Definitions(connection).SequenceEqual(Definitions(model), StringComparer.Ordinal))
        {
            throw StoreDamagedException.OfFile(file, "its tables are not those of this format");
        }
    }

    private static long ApplicationIdOf(StoreConnection connection)
    {
        var id = connection.Prepare("PRAGMA application_id");
        return id.Step() ? id.Number(0) : 0;
    }

    private static List<string> Definitions(StoreConnection connection)
    {
        var definitions = new List<string>();
        var row = connection.Prepare("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name");
        while (row.Step())
        {
            definitions.Add($"{row.Text(0)} {row.Text(1)} {row.Text(2)} {row.Text(3)}");
        }

        return definitions;
    }
}
