using OrleansMcp.Sessions.Keys;
using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Commands;

/// <summary><c>keys rotate</c> and <c>keys retire</c>.</summary>
public sealed class KeysCommandTests
{
    [Fact]
    public async Task They_say_what_they_did_and_never_a_key()
    {
        await using var server = await TestServer.StartAsync();
        await server.StopAsync();
        var former = Read(server.DataFolder);
        var rotated = await Run.AsCommandAsync("keys", "rotate", "--data", server.DataFolder);
        Assert.Equal(0, rotated.Code);
        var keys = Read(server.DataFolder);
        Assert.Contains(keys.Names[0], rotated.Output, StringComparison.Ordinal);
        Assert.Contains(former.Names[0], rotated.Output, StringComparison.Ordinal);
        var retired = await Run.AsCommandAsync("keys", "retire", "--data", server.DataFolder);
        Assert.Equal(0, retired.Code);
        var nothing = await Run.AsCommandAsync("keys", "retire", "--data", server.DataFolder);
        Assert.Equal(1, nothing.Code);
        Assert.Contains("nothing to retire", nothing.Error, StringComparison.Ordinal);
        var said = rotated.Output + retired.Output + nothing.Error;
        Assert.All(keys.Keys, key => Assert.DoesNotContain(Convert.ToHexStringLower(key)[..16], said, StringComparison.OrdinalIgnoreCase));
        Assert.All(keys.Keys, key => Assert.DoesNotContain(Convert.ToBase64String(key)[..16], said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rotate")]
    [InlineData("retire")]
    public async Task A_folder_without_a_store_is_refused_and_nothing_is_made_there(string verb)
    {
        using var folder = new ScratchFolder();
        var (code, output, error) = await Run.AsCommandAsync("keys", verb, "--data", folder.Path);
        Assert.Equal(1, code);
        Assert.Contains("There is no database", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("rotate")]
    [InlineData("retire")]
    public async Task On_tables_they_say_where_the_keys_are_and_what_changes_them(string verb)
    {
        var (code, _, error) = await Run.AsCommandAsync("keys", verb, "--store", "tables", "--tables", "UseDevelopmentStorage=true");
        Assert.Equal(2, code);
        const string Script = "infra/scripts/rotate-session-id-key.sh";
        Assert.Contains(Script, error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Clients.Repository.Root, Script)));
    }

    private static SessionIdKeys Read(string data)
    {
        using var folder = SqliteDataFolder.Open(data);
        return folder.Keys.Read();
    }
}
