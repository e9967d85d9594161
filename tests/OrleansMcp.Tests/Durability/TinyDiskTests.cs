using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>A real file system with no space left, under a real server.</summary>
public sealed class TinyDiskTests
{
    [Fact]
    public async Task On_a_full_disk_writes_are_errors_reads_go_on_and_nothing_acknowledged_is_lost()
    {
        using var disk = TinyDisk.Mount();
        await using var server = new ServerProcess(disk.Path);
        await server.StartAsync();
        using var client = await OpenAsync(server);
        using var ended = await OpenAsync(server);
        Assert.Equal(41, await client.IncrementAsync(41));

        disk.Fill();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var refused = (await client.CallAsync("increment")).Expect(HttpStatusCode.OK);
            Assert.True(refused.ToolFailed, refused.Text);
            Assert.Equal("still here", await client.CallTextAsync("echo", new { text = "still here" }));
        }

        using var another = new RawClient(server.Url, TestConfiguration.Alice);
        var unopened = (await another.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Null(unopened.SessionId);
        (await ended.DeleteAsync()).Expect(HttpStatusCode.OK);

        // Also for a server that starts on it, after a power cut. A session that sleeps is woken by a write.
        disk.Fill();
        await server.KillAsync();
        await server.StartAsync(ready: false);
        await ExpectRefusedAsync(client, "increment");
        (await ended.CallAsync("echo", new { text = "x" })).Expect(HttpStatusCode.NotFound);

        disk.Free();
        Assert.Equal(42, await client.IncrementAsync());
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(43, await client.IncrementAsync());
    }

    private static async Task ExpectRefusedAsync(RawClient client, string tool)
    {
        var reply = await client.CallAsync(tool);
        Assert.True(reply.Status == HttpStatusCode.ServiceUnavailable || reply.ToolFailed, reply.Text);
    }

    private static Task<RawClient> OpenAsync(ServerProcess server) => PatientClient.OpenAsync(server.Url);
}
