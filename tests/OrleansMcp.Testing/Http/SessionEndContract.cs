using System.Globalization;
using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>DELETE and what remains after it: a receipt, and 404 for ever.</summary>
public abstract class SessionEndContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Delete_without_a_session_id_is_a_bad_request()
    {
        using var client = shared.Server.Client();
        var reply = await client.DeleteAsync();
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.NotNull(reply.Error["code"]);
    }

    [Fact]
    public async Task Delete_returns_the_receipt()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        using var waiting = await client.PostForStreamAsync(Rpc.Call(1, "test_progress", new { gate = "ends", steps = 1 }, progressToken: 1));
        await server.Gates["ends"].Entered;
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        var reply = (await client.DeleteAsync()).Expect(HttpStatusCode.OK);

        Assert.StartsWith("application/json", reply.ContentType, StringComparison.Ordinal);
        Assert.Equal("closed", (string)reply.Json["reason"]!);
        Assert.Equal(0, (int)reply.Json["secretsCleared"]!);
        Assert.Equal(1, (int)reply.Json["callsCancelled"]!);
        var opened = Time("openedAt");
        var ended = Time("endedAt");
        Assert.True(opened <= ended && ended >= before && ended <= DateTimeOffset.UtcNow.AddSeconds(1));
        await server.Gates["ends"].Cancelled;
        await Eventually.Holds(() => server.Signals["session_ended"] == 1, "session_ended was counted");
        await Eventually.Holds(() => server.ReadAudit().Contains("session_ended", StringComparison.Ordinal), "session_ended was audited");

        DateTimeOffset Time(string name) => DateTimeOffset.Parse((string)reply.Json[name]!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task An_ended_session_is_404_for_ever_with_every_method()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.IncrementAsync();
        (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        await ExpectGone();
        await server.RestartAsync();
        await ExpectGone();

        async Task ExpectGone()
        {
            (await client.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
            (await client.PostAsync(Rpc.Notification("notifications/initialized"))).Expect(HttpStatusCode.NotFound);
            (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.NotFound);
            (await client.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
            (await client.GetAsync()).Expect(HttpStatusCode.NotFound);
            (await client.GetAsync("00000000-1-1")).Expect(HttpStatusCode.NotFound);
            (await client.DeleteAsync()).Expect(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task An_ended_and_an_unknown_session_get_the_same_bytes()
    {
        using var client = await shared.Server.Client().OpenAsync();
        (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        var ended = await client.PostAsync(Rpc.Request(1, "ping"));
        client.SessionId = "00000000-0000-0000-0000-000000000000";
        var unknown = await client.PostAsync(Rpc.Request(1, "ping"));
        Assert.Equal(unknown.Fingerprint, ended.Fingerprint);
    }

    [Fact]
    public async Task Delete_ends_the_open_streams()
    {
        using var client = await shared.Server.Client().OpenAsync();
        using var stream = await client.ListenAsync();
        (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        Assert.DoesNotContain(await stream.Events.ToEndAsync(), item => item.Data.Length > 0);
    }

    [Fact]
    public async Task Delete_leaves_nothing_of_the_session_on_disk_but_its_mark()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.CallTextAsync("increment", new { by = 918273 });
        (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        await server.StopAsync();
        foreach (var file in server.StateFiles())
        {
            Assert.DoesNotContain("918273", server.ReadState(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Many_parallel_deletes_end_a_session_once()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.DeleteAsync()));
        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.NotFound, reply.Text));
        Assert.Contains(replies, reply => reply.Status == HttpStatusCode.OK);
        await Eventually.Holds(() => server.Signals["session_ended"] >= 1, "session_ended was counted");
        Assert.Equal(1, server.Signals["session_ended"]);
    }
}
