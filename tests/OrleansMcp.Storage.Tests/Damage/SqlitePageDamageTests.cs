using OrleansMcp.Tests;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>
/// Every kind of page of the file, with bits that flipped, zeroed, in the place of another, or as it was before (a write that the disk lost). Each
/// time all is as it was written last, or refused.
/// </summary>
public sealed class SqlitePageDamageTests(SqliteScene scene) : IClassFixture<SqliteScene>
{
    private const int Seed = 20260729;

    [Theory]
    [InlineData(nameof(PageKind.First))]
    [InlineData(nameof(PageKind.TableInterior))]
    [InlineData(nameof(PageKind.TableLeaf))]
    [InlineData(nameof(PageKind.IndexInterior))]
    [InlineData(nameof(PageKind.IndexLeaf))]
    [InlineData(nameof(PageKind.Overflow))]
    [InlineData(nameof(PageKind.Free))]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task A_damaged_page_is_never_served(string kind)
    {
        var (whole, before) = (await FileAsync(scene.Closed), await FileAsync(scene.Before));
        var pages = new DatabasePages(whole);
        var numbers = pages.Of(Enum.Parse<PageKind>(kind));
        Assert.NotEmpty(numbers);
        var (random, refused) = (new Random(Seed), 0);
        for (var round = Rounds.Of(8, atNight: 400); round > 0; round--)
        {
            var page = numbers[random.Next(numbers.Count)];
            refused += await JudgeAsync($"{kind} {page}: a bit", whole, file => Flip(file, pages.At(page) + Near(random, pages.Size), random));
        }

        foreach (var page in Some(numbers, random, Rounds.Of(3, atNight: 100)))
        {
            var other = numbers[random.Next(numbers.Count)];
            refused += await JudgeAsync($"{kind} {page}: zero", whole, file => file.AsSpan(pages.At(page), pages.Size).Clear());
            refused += await JudgeAsync($"{kind} {page} and {other} change places", whole, file => Swap(file, pages, page, other));
            refused += await JudgeAsync($"{kind} {page} in the place of {other}", whole, file => whole.AsSpan(pages.At(page), pages.Size).CopyTo(file.AsSpan(pages.At(other))));
        }

        Assert.True(refused > 0 || kind == nameof(PageKind.Free), "Nothing was found.");
        foreach (var page in Enumerable.Range(1, Math.Min(whole.Length, before.Length) / pages.Size).Where(page => pages.Kinds[page - 1].ToString() == kind))
        {
            var former = before.AsMemory(pages.At(page), pages.Size);
            if (!former.Span.SequenceEqual(whole.AsSpan(pages.At(page), pages.Size)))
            {
                await JudgeAsync($"{kind} {page} as before", whole, file => former.Span.CopyTo(file.AsSpan(pages.At(page))));
            }
        }
    }

    private async Task<int> JudgeAsync(string name, byte[] whole, Action<byte[]> damage)
    {
        var file = whole.ToArray();
        damage(file);
        var folder = scene.Copy(scene.Closed);
        await File.WriteAllBytesAsync(Path.Combine(folder, "orleansmcp.db"), file);
        var read = await SqliteScene.ReadAndDeleteAsync(folder);
        Part.AssertNothingElse(scene.Whole, read, name);
        return read.Values.Any(Part.IsDamaged) ? 1 : 0;
    }

    /// <summary>Half of them in the first bytes, where the page says what it is and where its cells are.</summary>
    private static int Near(Random random, int size) => random.Next(2) == 0 ? random.Next(120) : random.Next(size);

    private static void Flip(byte[] file, int at, Random random) => file[at] ^= (byte)(1 << random.Next(8));

    private static void Swap(byte[] file, DatabasePages pages, int one, int other)
    {
        var aside = file.AsSpan(pages.At(one), pages.Size).ToArray();
        file.AsSpan(pages.At(other), pages.Size).CopyTo(file.AsSpan(pages.At(one)));
        aside.CopyTo(file.AsSpan(pages.At(other)));
    }

    private static IEnumerable<int> Some(IReadOnlyList<int> numbers, Random random, int most) => numbers.OrderBy(_ => random.Next()).Take(most);

    private static Task<byte[]> FileAsync(string folder) => File.ReadAllBytesAsync(Path.Combine(folder, "orleansmcp.db"));
}
