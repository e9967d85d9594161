using Microsoft.Data.Sqlite;
using OrleansMcp.Tests;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>
/// Every kind of row, damaged in every way: bits, cuts, rows that change places, are lost, come back or stand under another key. Each time all
/// is as it was written last or refused, and what is not the row's is as it was.
/// </summary>
public sealed class SqliteRowDamageTests(SqliteScene scene) : IClassFixture<SqliteScene>
{
    private const int Seed = 20260728;
    private const int Constraint = 19; // SQLITE_CONSTRAINT

    /// <summary>Rows that concern no tenant: the store as a whole, or the keys.</summary>
    private static readonly string[] s_ofAll = ["meta", "session_id_keys"];

    [Fact]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task A_damaged_row_is_never_served_says_what_to_do_and_concerns_nobody_else()
    {
        var (rounds, every) = (Rounds.Of(1, atNight: 3), Rounds.Of(12, atNight: 1));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (damage, number) in Generate(new Random(Seed + round)).Select(static (damage, number) => (damage, number)))
            {
                if (number % every == round % every)
                {
                    await JudgeAsync(damage);
                }
            }
        }
    }

    private List<SqliteRowDamage> Generate(Random random)
    {
        using var connection = SqliteRowDamages.Open(FileOf(scene.Closed), FileOf(scene.Before));
        return [.. new SqliteRowDamages(connection, random).All(most: 6)];
    }

    private async Task JudgeAsync(SqliteRowDamage damage)
    {
        var folder = scene.Copy(scene.Closed);
        if (!TryApply(damage, folder))
        {
            return;
        }

        var read = await SqliteScene.ReadAndDeleteAsync(folder);
        Part.AssertNothingElse(scene.Whole, read, damage.Name);
        if (!s_ofAll.Contains(damage.Table, StringComparer.Ordinal))
        {
            Assert.All(read.Where(part => !damage.Owners.Any(owner => part.Key[..4] == owner[..Math.Min(4, owner.Length)])), part =>
                Assert.True(part.Value == scene.Whole[part.Key], $"{damage.Name} concerns {part.Key}: {part.Value}"));
        }
    }

    /// <summary>False when the database takes no such row, by its types or its keys.</summary>
    private bool TryApply(SqliteRowDamage damage, string folder)
    {
        using var connection = SqliteRowDamages.Open(FileOf(folder), FileOf(scene.Before));
        try
        {
            damage.Apply(connection);
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Constraint)
        {
            return false;
        }
    }

    private static string FileOf(string folder) => Path.Combine(folder, "orleansmcp.db");
}
