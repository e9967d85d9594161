using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Commands;

/// <summary><c>serve</c> that cannot: one line that says why, and nothing left behind.</summary>
public sealed class ServeCommandTests
{
    [Fact]
    public async Task An_address_in_use_is_one_line_and_no_folder_is_made()
    {
        using var folder = new ScratchFolder();
        var data = Path.Combine(folder.Path, "data");
        await using var server = await TestServer.StartAsync();
        var (code, output, error) = await Run.AsCommandAsync("--urls", server.Url.GetLeftPart(UriPartial.Authority), "--data", data);
        Assert.Equal(1, code);
        Assert.Equal(
            $"The address {server.Url.GetLeftPart(UriPartial.Authority)} is in use by another process. Stop it, or choose another address with --urls.", error.Trim());
        Assert.Empty(output);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task A_folder_of_another_server_is_one_line()
    {
        await using var server = await TestServer.StartAsync();
        var (code, _, error) = await Run.AsCommandAsync("--urls", $"http://127.0.0.1:{FreePort.Next()}", "--data", server.DataFolder);
        Assert.Equal(1, code);
        Assert.Contains("is in use by another server", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_version_0_1_is_refused_in_one_line_and_left_as_it_is()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "sessions"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "keys"));
        var (code, _, error) = await Run.AsCommandAsync("--urls", $"http://127.0.0.1:{FreePort.Next()}", "--data", folder.Path);
        Assert.Equal(1, code);
        Assert.Contains("0.1", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }
}
