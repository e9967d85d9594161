using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Storage.Sqlite.Backups;
using OrleansMcp.Tests;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>Files that are cut, lost, torn, or those of another folder. Nothing that was acknowledged is forgotten without a word.</summary>
public sealed class SqliteFileDamageTests(SqliteScene scene) : IClassFixture<SqliteScene>
{
    private const string Database = "orleansmcp.db";
    private const string Journal = "orleansmcp.db-wal";
    private const string Index = "orleansmcp.db-shm";
    private const string Mark = "orleansmcp.db.mark";
    private const string Reserve = "orleansmcp.db.reserve";
    private const int Seed = 20260730;

    /// <summary>Ways to lose what was committed: the name, and what happens to the folder of a killed process.</summary>
    public static TheoryData<string> Losses =>
    [
        "the journal is missing", "the journal is empty", "the journal is that of another folder", "the journal is one of before",
        "the database is missing", "the database is empty", "the database is that of another folder", "the database is one of before",
        "the database and its journal are those of another folder", "the mark is that of another folder",
        "the mark is missing", "the mark and the journal are missing", "the mark and the database are missing", "only the reserve is there", "only an older database is there",
        "the mark is cut", "the mark is empty", "the mark is longer",
    ];

    [Fact]
    public async Task A_killed_process_lost_nothing_and_a_journal_index_or_a_reserve_that_is_missing_harms_nothing()
    {
        foreach (var harmless in (Action<string>[])[_ => { }, folder => Delete(folder, Index), folder => Fill(folder, Index), folder => Delete(folder, Reserve)])
        {
            var folder = scene.Copy(scene.Killed);
            harmless(folder);
            Assert.Equal(scene.Whole, await SqliteScene.ReadAndDeleteAsync(folder));
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_folder_that_lost_what_was_committed_does_not_start_and_says_what_to_do(string loss)
    {
        var folder = scene.Copy(scene.Killed);
        Apply(loss, folder);
        var before = Contents(folder);
        var refused = Assert.Throws<StoreDamagedException>(() => new Sqlite.SqliteStore(folder));
        Assert.True(refused.IsWhole);
        Assert.Contains("restore FILE", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Database, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another program", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Contents(folder)); // What may still help is left as it was found.
        Assert.ThrowsAny<IOException>(() => SqliteDataFolder.Open(folder));
        Assert.ThrowsAny<IOException>(() => SqliteBackup.Write(folder, folder + ".copy"));
        await RestoreAsync(folder);
    }

    [Fact]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task A_torn_or_flipped_journal_is_told()
    {
        var length = (int)new FileInfo(Path.Combine(scene.Killed, Journal)).Length;
        var (random, refused) = (new Random(Seed), 0);
        for (var round = Rounds.Of(25, atNight: 1_500); round > 0; round--)
        {
            var at = round % 5 == 0 ? random.Next(64) : random.Next(length);
            var isCut = round % 2 == 0;
            var read = await DamagedAsync(scene.Killed, Journal, bytes => isCut ? bytes[..at] : Flipped(bytes, at, random), $"the journal {(isCut ? "cut" : "flipped")} at {at}");
            refused += read.Values.Any(Part.IsDamaged) ? 1 : 0;
        }

        Assert.True(refused > 5, $"{refused} were found.");
    }

    [Fact]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task A_file_that_was_cut_or_has_another_end_is_told()
    {
        foreach (var from in (string[])[scene.Closed, scene.Killed])
        {
            var length = (int)new FileInfo(Path.Combine(from, Database)).Length;
            var random = new Random(Seed);
            int[] lengths = [0, 1, 15, 99, 100, 511, 4095, 4096, 4097, 8192, length - 4096, length - 1, .. Enumerable.Range(0, Rounds.Of(2, atNight: 200)).Select(_ => random.Next(length))];
            foreach (var left in lengths)
            {
                var read = await DamagedAsync(from, Database, bytes => bytes[..left], $"the database cut to {left}");
                Assert.True(from == scene.Killed || read.Values.Any(Part.IsDamaged), $"The database that was cut to {left} was served.");
            }

            await DamagedAsync(from, Database, static bytes => [.. bytes, .. new byte[4096]], "the database is longer");
        }
    }

    [Fact]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task A_mark_with_another_bit_stops_the_start()
    {
        var length = (int)new FileInfo(Path.Combine(scene.Closed, Mark)).Length;
        var random = new Random(Seed);
        for (var at = 0; at < length; at += Rounds.Of(7, atNight: 1))
        {
            Assert.All((await DamagedAsync(scene.Closed, Mark, bytes => Flipped(bytes, at, random), $"the mark flipped at {at}")).Values, text => Assert.True(Part.IsDamaged(text)));
        }
    }

    [Fact]
    public void Keys_are_not_changed_in_a_database_that_lost_commits()
    {
        var folder = scene.Copy(scene.Killed);
        using (var opened = SqliteDataFolder.Open(folder))
        {
            Delete(folder, Journal); // after it was opened
            Assert.ThrowsAny<IOException>(() => opened.Keys.Retire());
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> DamagedAsync(string from, string file, Func<byte[], byte[]> damage, string name)
    {
        var folder = scene.Copy(from);
        var path = Path.Combine(folder, file);
        await File.WriteAllBytesAsync(path, damage(await File.ReadAllBytesAsync(path)));
        var read = await SqliteScene.ReadAndDeleteAsync(folder);
        Part.AssertNothingElse(scene.Whole, read, name);
        return read;
    }

    /// <summary>The way that the message says: a back-up in its place.</summary>
    private async Task RestoreAsync(string folder)
    {
        var (whole, copy) = (scene.Copy(scene.Killed), folder + ".backup");
        SqliteBackup.Write(whole, copy);
        Directory.Delete(whole, recursive: true);
        SqliteRestore.Run(folder, copy, TimeProvider.System);
        File.Delete(copy);
        var restored = await SqliteScene.ReadAndDeleteAsync(folder);
        Assert.Equal(scene.Whole["acme records"], restored["acme records"]);
        Assert.Equal(scene.Whole[SqliteScene.Keys], restored[SqliteScene.Keys]);
    }

    private void Apply(string loss, string folder)
    {
        switch (loss)
        {
            case "the journal is missing": Delete(folder, Journal, Index); break;
            case "the journal is empty": Write(folder, Journal, []); break;
            case "the journal is that of another folder": Bring(scene.Foreign, folder, Journal); break;
            case "the journal is one of before": Write(folder, Journal, File.ReadAllBytes(Path.Combine(folder, Journal))[..^20_000]); break;
            case "the database is missing": Delete(folder, Database); break;
            case "the database is empty": Write(folder, Database, []); break;
            case "the database is that of another folder": Delete(folder, Journal, Index); Bring(scene.Foreign, folder, Database); break;
            case "the database is one of before": Delete(folder, Journal, Index); Bring(scene.Before, folder, Database); break;
            case "the database and its journal are those of another folder": Bring(scene.Foreign, folder, Database, Journal); break;
            case "the mark is that of another folder": Bring(scene.Foreign, folder, Mark); break;
            case "the mark is missing": Delete(folder, Mark); break;
            case "the mark and the journal are missing": Delete(folder, Mark, Journal, Index); break;
            case "the mark and the database are missing": Delete(folder, Mark, Database); break;
            case "only the reserve is there": Delete(folder, Mark, Database, Journal, Index); break;
            case "only an older database is there": Delete(folder, Mark, Journal, Index, Reserve); Bring(scene.Before, folder, Database); break;
            case "the mark is cut": Write(folder, Mark, File.ReadAllBytes(Path.Combine(folder, Mark))[..20]); break;
            case "the mark is empty": Write(folder, Mark, []); break;
            default: Write(folder, Mark, [.. File.ReadAllBytes(Path.Combine(folder, Mark)), 0]); break;
        }
    }

    private static byte[] Flipped(byte[] bytes, int at, Random random)
    {
        bytes[at] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    private static void Delete(string folder, params string[] files) => Array.ForEach(files, file => File.Delete(Path.Combine(folder, file)));

    private static void Fill(string folder, string file) => Write(folder, file, [.. Enumerable.Repeat((byte)0xa5, 32_768)]);

    private static void Write(string folder, string file, byte[] bytes) => File.WriteAllBytes(Path.Combine(folder, file), bytes);

    private static void Bring(string from, string folder, params string[] files) =>
        Array.ForEach(files, file => File.Copy(Path.Combine(from, file), Path.Combine(folder, file), overwrite: true));

    private static string Contents(string folder) => string.Join('\n', Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
        .Where(static file => Path.GetFileName(file) is Database or Journal or Mark && new FileInfo(file).Length > 0).Select(static file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));
}
