using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Storage.Sqlite.Folders;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>Which folders and files the store takes, and whom it lets in.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ScratchFolder _scratch = new();

    private string Folder => Path.Combine(_scratch.Path, "data");

    private string DatabaseFile => Path.Combine(Folder, "orleansmcp.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Nobody_else_can_enter_the_folder_or_open_a_file_in_it()
    {
        using var database = Open();
        await database.Writer.RunAsync(1, static connection =>
        {
            Meta.Write(connection, "n", 1);
            return true;
        });
        Assert.Equal(Owner, File.GetUnixFileMode(Folder));
        Assert.Contains(Directory.GetFiles(Folder), file => file.EndsWith("-wal", StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(Folder), file => Assert.Equal(OwnersFile, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void A_folder_of_ours_that_was_opened_to_others_is_closed_again()
    {
        Open().Dispose();
        File.SetUnixFileMode(Folder, Owner | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(DatabaseFile, OwnersFile | UnixFileMode.OtherRead);
        Open().Dispose();
        Assert.Equal((Owner, OwnersFile), (File.GetUnixFileMode(Folder), File.GetUnixFileMode(DatabaseFile)));
    }

    [Fact]
    public void A_folder_with_other_files_that_others_may_enter_is_refused_and_stays_as_it_is()
    {
        Directory.CreateDirectory(Folder, Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        File.WriteAllText(Path.Combine(Folder, "letter"), "hello");
        Assert.Contains("holds other files", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Folder, "letter")], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void One_server_at_a_time_holds_a_folder()
    {
        using (Open())
        {
            Assert.Throws<DataFolderLockedException>(Open);
        }

        Open().Dispose();
    }

    [Theory]
    [InlineData("sessions")]
    [InlineData("ledgers")]
    [InlineData("records")]
    [InlineData("audit")]
    [InlineData("keys")]
    public void A_folder_of_version_0_1_is_refused(string former)
    {
        Directory.CreateDirectory(Folder, Owner);
        Directory.CreateDirectory(Path.Combine(Folder, former));
        Assert.Contains("written by version 0.1", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(DatabaseFile));
    }

    [Theory]
    [InlineData(0x6969, "NFS")]
    [InlineData(0xFF534D42, "CIFS")]
    [InlineData(0xFE534D42, "SMB")]
    [InlineData(0x01021997, "9P")]
    [InlineData(0xEF53, null)]
    [InlineData(0x01021994, null)]
    public void Network_file_systems_are_told_by_their_number(long magic, string? name) => Assert.Equal(name, FileSystems.NetworkNameOfMagic(magic));

    [Fact]
    public void A_folder_on_a_network_file_system_is_refused()
    {
        Assert.Null(FileSystems.NetworkNameOf(_scratch.Path));
        Assert.Contains("network file system (NFS)", Assert.Throws<IOException>(() => DataFolder.Hold(Folder, _ => "NFS")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_another_format_is_refused_and_a_damaged_format_is_damage()
    {
        Open().Dispose();
        using (var connection = StoreConnection.OpenWriter(DatabaseFile))
        {
            Meta.Write(connection, "format", 3);
        }

        Assert.Contains("has format 3; this version reads format 2", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        using (var connection = StoreConnection.OpenWriter(DatabaseFile))
        {
            connection.Execute("UPDATE meta SET value = 1");
        }

        Assert.Throws<StoreDamagedException>(Open);
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Directory.CreateDirectory(Folder, Owner);
        using (var foreign = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False"))
        {
            foreign.Open();
            using var command = foreign.CreateCommand();
            command.CommandText = "CREATE TABLE letters (text TEXT)";
            command.ExecuteNonQuery();
        }

        Assert.Contains("another program", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_damage()
    {
        Directory.CreateDirectory(Folder, Owner);
        File.WriteAllText(DatabaseFile, new string('x', 10_000));
        Assert.Contains("restore FILE", Assert.Throws<StoreDamagedException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void A_file_that_was_cut_short_stops_the_start(double left)
    {
        Open().Dispose();
        using (var file = File.OpenWrite(DatabaseFile))
        {
            file.SetLength((long)(file.Length * left));
        }

        var damage = Assert.Throws<StoreDamagedException>(Open);
        Assert.True(damage.IsWhole);
        Assert.Contains("restore FILE", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_on_a_folder_without_a_database_makes_none()
    {
        Assert.Throws<IOException>(() => SqliteDataFolder.Open(Folder));
        Assert.False(Directory.Exists(Folder));
    }

    private StoreDatabase Open() => StoreDatabase.Open(new SqliteStoreOptions(Folder));
}
