using System.Globalization;
using Azure.Data.Tables;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Audit;

/// <summary>
/// The rows of the audit. An entry's hash is that of its line (<see cref="AuditLine"/>), which is made from the columns again when the chain is
/// verified: a column that was changed shows.
/// </summary>
internal static class AuditRow
{
    private const string HeadPrefix = "head-"; // Sorts behind every time.

    /// <summary>Rows for entries that follow <paramref name="head"/>, which moves to the last of them, and the row of the head.</summary>
    public static IReadOnlyList<TableEntity> Of(string chain, string writer, ref AuditHead head, IReadOnlyList<AuditEntry> entries)
    {
        var (partition, rows) = (TableKey.Of(chain), new List<TableEntity>(entries.Count + 1));
        foreach (var entry in entries)
        {
            var previous = head;
            (_, head) = AuditLine.Write(NameOf(chain, writer), previous, entry);
            rows.Add(new TableEntity(partition, KeyOf(entry, writer, head.Sequence))
            {
                ["At"] = entry.At, ["Event"] = entry.Event, ["Tenant"] = entry.Tenant, ["Client"] = entry.Client, ["Subject"] = entry.Subject,
                ["Session"] = entry.Session, ["OwnerTenant"] = entry.OwnerTenant, ["OwnerClient"] = entry.OwnerClient, ["What"] = entry.What,
                ["Writer"] = writer, ["Sequence"] = head.Sequence, ["Previous"] = previous.Hash, ["Hash"] = head.Hash,
            });
        }

        rows.Add(new TableEntity(partition, HeadPrefix + writer) { ["Writer"] = writer, ["Sequence"] = head.Sequence, ["Hash"] = head.Hash });
        return rows;
    }

    public static bool IsHead(TableEntity row) => row.RowKey.StartsWith(HeadPrefix, StringComparison.Ordinal);

    /// <summary>The chain that a row says it belongs to; null for a row of a former version, which was in none.</summary>
    public static string? WriterOf(TableEntity row) => IsHead(row) ? row.RowKey[HeadPrefix.Length..] : Text(row, "Writer");

    /// <summary>What a head row says; null when it says nothing that a head could be.</summary>
    public static AuditHead? HeadOf(TableEntity row) =>
        AuditHead.TryParse(string.Create(CultureInfo.InvariantCulture, $"{Sequence(row)}:{Text(row, "Hash")}"), out var head) ? head : null;

    /// <summary>The entry as it stands in its chain; null when the columns are none of an entry.</summary>
    public static AuditLine? Read(string chain, TableEntity row)
    {
        if (WriterOf(row) is not { } writer || Text(row, "Previous") is not { } previous || Text(row, "Hash") is not { } hash || EntryOf(row) is not { } entry)
        {
            return null;
        }

        var follows = new AuditHead(Sequence(row) - 1, previous);
        var (_, made) = AuditLine.Write(NameOf(chain, writer), follows, entry);
        return new AuditLine(NameOf(chain, writer), follows, new(Sequence(row), hash), entry.At,
            made.Hash == hash && row.RowKey == KeyOf(entry, writer, Sequence(row)));
    }

    /// <summary>The entry's line as the columns have it, with the hash that is stored; null when the columns are none of an entry in a chain.</summary>
    public static byte[]? LineOf(string chain, TableEntity row) =>
        WriterOf(row) is { } writer && Text(row, "Previous") is { } previous && Text(row, "Hash") is { } hash && EntryOf(row) is { } entry
            ? AuditLine.Write(NameOf(chain, writer), new AuditHead(Sequence(row) - 1, previous), entry, hash)
            : null;

    /// <summary>What a chain is called in its entries: the partition and the process that wrote it.</summary>
    public static string NameOf(string chain, string writer) => $"{chain}/{writer}";

    public static long Sequence(TableEntity row) => row.TryGetValue("Sequence", out var value) && value is long sequence ? sequence : 0;

    private static AuditEntry? EntryOf(TableEntity row) => row.TryGetValue("At", out var value) && value is DateTimeOffset at && Text(row, "Event") is { } name
        ? new AuditEntry(at, name, Text(row, "Tenant"), Text(row, "Client"), Text(row, "Subject"), Text(row, "Session"),
            Text(row, "OwnerTenant"), Text(row, "OwnerClient"), Text(row, "What"))
        : null;

    private static string KeyOf(AuditEntry entry, string writer, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.At.UtcTicks:d19}-{writer}-{sequence:d8}");

    private static string? Text(TableEntity row, string column) => row.TryGetValue(column, out var value) ? value as string : null;
}
