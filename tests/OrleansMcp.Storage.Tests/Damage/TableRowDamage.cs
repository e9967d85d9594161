using Azure;
using Azure.Data.Tables;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>One thing that happens to one row of a table, or to two that change places.</summary>
/// <param name="Name">For a person.</param>
/// <param name="Rows">The rows it concerns.</param>
/// <param name="Apply">Does it.</param>
internal sealed record TableRowDamage(string Name, IReadOnlyList<TableEntity> Rows, Func<TableClient, Task> Apply);

/// <summary>
/// Generates damage for every row of our tables and every property that a row has: whatever is stored is damaged, so also what is added later.
/// </summary>
/// <param name="now">The rows as they are, by table.</param>
/// <param name="before">The rows as they were, by table.</param>
/// <param name="random">Decides.</param>
internal sealed class TableRowDamages(
    IReadOnlyDictionary<string, IReadOnlyList<TableEntity>> now, IReadOnlyDictionary<string, IReadOnlyList<TableEntity>> before, Random random)
{
    /// <summary>The service writes them.</summary>
    private static readonly string[] s_ofService = ["odata.etag", "PartitionKey", "RowKey", "Timestamp"];

    /// <summary>What the key of a copy ends in.</summary>
    public const string Another = "x";

    public static IReadOnlyList<string> Tables { get; } = [TableNames.Sessions, TableNames.Registry, TableNames.Records, TableNames.Audit];

    public IEnumerable<(string Table, TableRowDamage Damage)> All(int most) => Tables.SelectMany(table => Of(table, most).Select(damage => (table, damage)));

    private IEnumerable<TableRowDamage> Of(string table, int most)
    {
        var rows = now[table];
        foreach (var row in Chosen(rows, most))
        {
            foreach (var property in row.Keys.Except(s_ofService, StringComparer.Ordinal))
            {
                foreach (var (what, changed) in Changes(row[property]))
                {
                    yield return Replace($"{table} {row.RowKey}: {property} {what}", row, copy => copy[property] = changed);
                }

                yield return Replace($"{table} {row.RowKey}: {property} is gone", row, copy => copy.Remove(property));
            }

            yield return new TableRowDamage($"{table} {row.RowKey} is empty", [row], client => PutAsync(client, new TableEntity(row.PartitionKey, row.RowKey)));
            var other = rows[random.Next(rows.Count)];
            yield return new TableRowDamage($"{table} {row.RowKey} and {other.RowKey} change places", [row, other], async client =>
            {
                await PutAsync(client, Under(row, other));
                await PutAsync(client, Under(other, row));
            });
            yield return new TableRowDamage($"{table} {row.RowKey} is there again under another key", [row], client => PutAsync(client, new TableEntity(row) { RowKey = row.RowKey + Another }));
        }

        foreach (var former in Chosen(before[table], most).Where(former => IsTold(table, former)))
        {
            yield return new TableRowDamage($"{table} {former.RowKey} is the one of before", [former], client => PutAsync(client, former));
        }

        foreach (var row in Chosen(rows, most).Where(row => IsTold(table, row)))
        {
            yield return new TableRowDamage($"{table} {row.RowKey} is lost", [row], client => client.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All));
        }
    }

    /// <summary>
    /// A service loses no rows and brings none back, and whoever may write them can do it where no other row knows better: sessions, ledgers,
    /// entries of the registry.
    /// </summary>
    private static bool IsTold(string table, TableEntity row) => table is TableNames.Records or TableNames.Audit && row.Timestamp is not null;

    private IEnumerable<TableEntity> Chosen(IReadOnlyList<TableEntity> rows, int most) =>
        rows.DistinctBy(static row => (row.PartitionKey, row.RowKey[..1])).Concat(rows.OrderBy(_ => random.Next())).Distinct().Take(most);

    private IEnumerable<(string What, object Value)> Changes(object value)
    {
        switch (value)
        {
            case byte[] bytes when bytes.Length > 0:
                yield return ("has another bit", Flipped(bytes));
                yield return ("has another bit elsewhere", Flipped(bytes));
                yield return ("is cut", bytes[..(bytes.Length / 2)]);
                yield return ("is empty", Array.Empty<byte>());
                yield return ("is a text", Convert.ToBase64String(bytes));
                break;
            case string text:
                yield return ("has another letter", text.Length == 0 ? "x" : text[..^1] + (char)(text[^1] ^ 1));
                yield return ("is cut", text[..(text.Length / 2)]);
                yield return ("is a number", 7L);
                break;
            case long or int:
                yield return ("has another bit", value is long number ? number ^ (1L << random.Next(62)) : (int)value ^ 1);
                yield return ("is a text", $"{value}");
                break;
            case DateTimeOffset at:
                yield return ("is another time", at.AddSeconds(1));
                yield return ("is a text", "soon");
                break;
            case Guid:
                yield return ("is another one", Guid.Empty);
                yield return ("is a text", $"{value}");
                break;
        }
    }

    private byte[] Flipped(byte[] bytes)
    {
        var flipped = bytes.ToArray();
        flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static TableRowDamage Replace(string name, TableEntity row, Action<TableEntity> change) => new(name, [row], client =>
    {
        var copy = new TableEntity(row);
        change(copy);
        return PutAsync(client, copy);
    });

    private static TableEntity Under(TableEntity key, TableEntity content) => new(content) { PartitionKey = key.PartitionKey, RowKey = key.RowKey };

    private static Task PutAsync(TableClient client, TableEntity row) => client.UpsertEntityAsync(row, TableUpdateMode.Replace);
}
