using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>A store that takes nothing: the caller is told, and what was acknowledged before stands.</summary>
public sealed class FullDiskTests
{
    private FailingStorage _storage = null!;

    [Fact]
    public async Task A_write_that_fails_is_an_error_to_the_caller_and_loses_nothing_acknowledged()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        Assert.Equal(1, await client.IncrementAsync());

        _storage.RefusesWrites = true;
        var refused = await client.CallAsync("increment");
        Assert.True(refused.ToolFailed, refused.Text);
        Assert.Contains("could not be saved", refused.Text, StringComparison.Ordinal);
        Assert.Equal("still here", await client.CallTextAsync("echo", new { text = "still here" }));

        _storage.RefusesWrites = false;
        Assert.Equal(2, await client.IncrementAsync());
        await server.RestartAsync();
        Assert.Equal(3, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_session_that_cannot_be_stored_is_not_opened()
    {
        await using var server = await StartAsync();
        using (var before = await server.Client().OpenAsync())
        {
            _storage.RefusesWrites = true;
            using var client = server.Client();
            var reply = await client.PostAsync(Rpc.Initialize(1, "2025-11-25"));
            reply.Expect(HttpStatusCode.ServiceUnavailable);
            Assert.Null(reply.SessionId);
            Assert.Equal(1, server.LiveActors);
        }
    }

    [Fact]
    public async Task An_end_that_cannot_be_stored_is_not_acknowledged_and_can_be_asked_for_again()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.IncrementAsync();
        _storage.RefusesClears = true;
        (await client.DeleteAsync()).Expect(HttpStatusCode.ServiceUnavailable);
        _storage.RefusesClears = false;
        (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        await server.RestartAsync();
        (await client.CallAsync("echo", new { text = "x" })).Expect(HttpStatusCode.NotFound);
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(new TestServerOptions
    {
        Customise = builder => FailingStorage.Replace(builder.Services, storage => _storage = storage),
    });
}
