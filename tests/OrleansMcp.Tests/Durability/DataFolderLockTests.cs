using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>One data folder, one server. That the lock goes with its process, however it goes, is seen by <see cref="KillTests"/>.</summary>
public sealed class DataFolderLockTests
{
    [Fact]
    public async Task A_second_server_on_the_same_folder_says_why_it_does_not_start_and_the_first_goes_on()
    {
        using var folder = new ScratchFolder();
        await using var first = new ServerProcess(folder.Path);
        await first.StartAsync();
        using var client = await new RawClient(first.Url, TestConfiguration.Alice).OpenAsync();
        await client.IncrementAsync();

        await using var second = ChildProcess.Start(
            "dotnet", [typeof(OrleansMcp.Server.ServerHost).Assembly.Location, "--urls", "http://127.0.0.1:0", "--data", folder.Path]);
        var result = await second.EndAsync(Eventually.Deadline);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"'{folder.Path}' is in use by another server", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        Assert.Equal(2, await client.IncrementAsync());
    }
}
