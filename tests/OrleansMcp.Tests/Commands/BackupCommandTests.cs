using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Commands;

/// <summary><c>backup FILE</c> and <c>restore FILE</c>, as an operator uses them.</summary>
public sealed class BackupCommandTests
{
    [Fact]
    public async Task A_running_server_is_copied_and_the_copy_brings_back_what_was_kept_and_no_session()
    {
        using var folder = new ScratchFolder();
        var copy = Path.Combine(folder.Path, "copy");
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.CallAsync("records_put", new { @namespace = "orders", key = "k", value = "before" });
        Assert.Equal(0, (await CommandAsync("backup", copy)).Code);
        await client.CallAsync("records_put", new { @namespace = "orders", key = "k", value = "after" });
        Assert.Equal(1, (await CommandAsync("backup", copy)).Code); // replaces none

        var refused = await CommandAsync("restore", copy);
        Assert.Equal(1, refused.Code);
        Assert.Contains("in use by another server", refused.Error, StringComparison.Ordinal);

        await server.StopAsync();
        var restored = await CommandAsync("restore", copy);
        Assert.True(restored.Code == 0, restored.Error);
        Assert.Contains("1 sessions were ended", restored.Output, StringComparison.Ordinal);
        await server.StartAgainAsync();
        (await client.CallAsync("echo", new { text = "x" })).Expect(HttpStatusCode.NotFound);
        Assert.Contains("before", string.Join('\n', server.StateFiles().Where(row => row.StartsWith("records ", StringComparison.Ordinal)).Select(server.ReadState)), StringComparison.Ordinal);

        Task<(int Code, string Output, string Error)> CommandAsync(string verb, string file) => Run.AsCommandAsync(verb, file, "--data", server.DataFolder);
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    public async Task On_tables_they_say_that_they_are_not_for_it(string verb)
    {
        var (code, _, error) = await Run.AsCommandAsync(verb, "file", "--store", "tables", "--tables", "UseDevelopmentStorage=true");
        Assert.Equal(2, code);
        Assert.Contains("store sqlite", error, StringComparison.Ordinal);
    }
}
