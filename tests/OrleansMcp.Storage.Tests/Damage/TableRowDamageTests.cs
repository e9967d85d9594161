using Azure;
using Azure.Data.Tables;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Storage.Tests.Tables;
using OrleansMcp.Tests;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>
/// Every kind of row in tables, damaged in every way. Each time all is as it was written last or refused, and the other tenant has all of its own.
/// </summary>
[Collection(TableCollection.Name)]
public sealed class TableRowDamageTests(TableStore store)
{
    private const int Seed = 20260731;

    private readonly TenantContent _one = new($"one{Guid.NewGuid():n}"[..16]);
    private readonly TenantContent _other = new($"two{Guid.NewGuid():n}"[..16]);

    [Fact]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task A_damaged_row_is_never_served_says_what_to_do_and_concerns_nobody_else()
    {
        TenantContent[] contents = [_one, _other];
        foreach (var content in contents)
        {
            await content.BeginAsync(store, filling: 3);
        }

        var before = await RowsAsync();
        foreach (var content in contents)
        {
            await content.EndAsync(store);
        }

        _ = await ReadAsync(contents, TenantContent.Parts);
        var (now, whole) = (await RowsAsync(), await ReadAsync(contents, TenantContent.Parts));
        Assert.DoesNotContain(whole.Values, Part.IsDamaged);
        var (every, number, refused) = (Rounds.Of(16, atNight: 1), 0, 0);
        foreach (var (table, damage) in new TableRowDamages(now, before, new Random(Seed)).All(most: 12))
        {
            if (number++ % every == 0)
            {
                refused += await JudgeAsync(table, damage, now, whole) ? 1 : 0;
            }
        }

        Assert.True(refused > number / every / 2, $"{refused} of {number / every} were found.");
    }

    /// <summary>Whether the damage was found.</summary>
    private async Task<bool> JudgeAsync(string table, TableRowDamage damage, Dictionary<string, IReadOnlyList<TableEntity>> now, IReadOnlyDictionary<string, string> whole)
    {
        var concerned = new[] { _one, _other }.Where(content => damage.Rows.Any(row => row.PartitionKey.Contains(content.Tenant, StringComparison.Ordinal))).ToArray();
        await damage.Apply(store.Table(table));
        var read = await ReadAsync([_one, _other], Rounds.AtNight ? TenantContent.Parts : PartsIn(table));
        Part.AssertNothingElse(whole, read, damage.Name);
        Assert.All(read.Where(part => !concerned.Any(content => part.Key.StartsWith(content.Tenant, StringComparison.Ordinal))), part =>
            Assert.True(part.Value == whole[part.Key], $"{damage.Name} concerns {part.Key}: {part.Value}"));
        await RestoreAsync(table, damage, now);
        return read.Values.Any(Part.IsDamaged);
    }

    private async Task<Dictionary<string, string>> ReadAsync(TenantContent[] contents, IReadOnlyList<string> parts)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var content in contents)
        {
            foreach (var part in parts)
            {
                read[$"{content.Tenant} {part}"] = await Part.ReadAsync(() => content.ReadAsync(store, part));
            }
        }

        return read;
    }

    private async Task<Dictionary<string, IReadOnlyList<TableEntity>>> RowsAsync()
    {
        var rows = new Dictionary<string, IReadOnlyList<TableEntity>>(StringComparer.Ordinal);
        foreach (var table in TableRowDamages.Tables)
        {
            rows[table] = [.. (await store.RowsAsync(table, _ => true)).Where(row => IsOurs(row, [_one, _other]))];
        }

        return rows;
    }

    /// <summary>The rows that were damaged, as they were; what came beside them goes.</summary>
    private async Task RestoreAsync(string table, TableRowDamage damage, Dictionary<string, IReadOnlyList<TableEntity>> now)
    {
        foreach (var row in damage.Rows)
        {
            if (now[table].FirstOrDefault(one => one.PartitionKey == row.PartitionKey && one.RowKey == row.RowKey) is { } former)
            {
                await store.Table(table).UpsertEntityAsync(former, TableUpdateMode.Replace);
            }
            else
            {
                await store.Table(table).DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All);
            }

            await store.Table(table).DeleteEntityAsync(row.PartitionKey, row.RowKey + TableRowDamages.Another, ETag.All);
        }
    }

    private static IReadOnlyList<string> PartsIn(string table) => table switch
    {
        TableNames.Sessions => ["sessions", "ledger"],
        TableNames.Registry => ["sessions"],
        TableNames.Records => ["records"],
        _ => ["audit"],
    };

    private static bool IsOurs(TableEntity row, TenantContent[] contents) => contents.Any(content => row.PartitionKey.Contains(content.Tenant, StringComparison.Ordinal));
}
