using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Server;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Http.Sessionless;
using OrleansMcp.Tests.Isolation;

namespace OrleansMcp.Tests.Keys;

/// <summary>The rotation of the keys that sign session ids, as clients live through it.</summary>
public sealed class KeyRotationTests
{
    [Fact]
    public async Task Sessions_live_through_a_rotation_and_end_for_their_clients_with_the_retirement_of_their_key()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        using var old = await server.Client().OpenAsync();
        await old.IncrementAsync();

        await ChangeAsync("rotate");
        Assert.Equal(2, await old.IncrementAsync());
        using var young = await server.Client().OpenAsync();
        Assert.Equal(1, await young.IncrementAsync());
        using (var stranger = young.As(TestConfiguration.Bob))
        {
            (await stranger.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        }

        await server.RestartAsync();
        Assert.Equal(3, await old.IncrementAsync());
        Assert.Equal(2, await young.IncrementAsync());

        await ChangeAsync("retire");
        await ExpectUnknownAsync(old);
        Assert.Equal(3, await young.IncrementAsync());

        await server.RestartAsync();
        await ExpectUnknownAsync(old);
        Assert.Equal(4, await young.IncrementAsync());
        using var youngest = await server.Client().OpenAsync();
        Assert.Equal(1, await youngest.IncrementAsync());

        async Task ChangeAsync(string how)
        {
            Assert.Equal(0, await Program.Main(["keys", how, "--data", server.DataFolder]));
            time.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Fact]
    public async Task Handles_and_sealed_states_live_and_end_with_the_key_that_sealed_them()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        using var client = server.Modern();
        var handle = await client.OpenHandleAsync();
        var call = Rpc.CallParams("test_elicit");
        var (first, second) = (await InputContract.AskAsync(client, call), await InputContract.AskAsync(client, call));
        var answer = new { action = "accept", content = new { colour = "red" } };

        await ChangeAsync("rotate");
        Assert.Equal(1, await client.IncrementAsync(handle));
        Assert.Equal("acme/alice accept red", (await client.RetryAsync(call, first, answer)).ToolText);
        var young = await client.OpenHandleAsync();

        await ChangeAsync("retire");
        var gone = await client.CallAsync("increment", new { session = handle }, id: "same");
        Assert.True(gone.ToolFailed);
        Assert.Equal((await client.CallAsync("increment", new { session = "unknown" }, id: "same")).Fingerprint, gone.Fingerprint);
        Assert.Equal(1, await client.IncrementAsync(young));
        InputContract.ExpectRefused(await client.RetryAsync(call, second, answer));

        async Task ChangeAsync(string how)
        {
            Assert.Equal(0, await Program.Main(["keys", how, "--data", server.DataFolder]));
            time.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Fact]
    public async Task A_server_of_its_own_follows_within_seconds_without_a_restart()
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var old = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        Assert.Equal(1, await old.IncrementAsync());
        Assert.Equal(0, await Program.Main(["keys", "rotate", "--data", folder.Path]));
        await Eventually.Holds(() => Said("ids of these keys are valid") == 2, "the server followed the rotation");
        using var young = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        Assert.Equal(2, await old.IncrementAsync());
        Assert.Equal(0, await Program.Main(["keys", "retire", "--data", folder.Path]));
        await Eventually.Holds(() => Said("ids of these keys are valid") == 3, "the server followed the retirement");
        await ExpectUnknownAsync(old);
        Assert.Equal(1, await young.IncrementAsync());

        int Said(string text) => server.Output.Split(text).Length - 1;
    }

    /// <summary>On every route, the bytes that answer an id nobody ever issued.</summary>
    private static async Task ExpectUnknownAsync(RawClient client)
    {
        using var other = client.As(client.Key);
        other.SessionId = StrangerProbe.NeverIssued;
        Assert.Equal(
            (await other.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound).Fingerprint,
            (await client.PostAsync(Rpc.Request(1, "ping"))).Fingerprint);
        Assert.Equal((await other.GetAsync()).Expect(HttpStatusCode.NotFound).Fingerprint, (await client.GetAsync()).Fingerprint);
        Assert.Equal((await other.GetAsync("1-1")).Expect(HttpStatusCode.NotFound).Fingerprint, (await client.GetAsync("1-1")).Fingerprint);
        Assert.Equal((await other.DeleteAsync()).Expect(HttpStatusCode.NotFound).Fingerprint, (await client.DeleteAsync()).Fingerprint);
    }
}
