using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http.Sessionless;

/// <summary>session_open: isolated states of one principal.</summary>
public abstract class HandleContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Every_handle_has_a_counter_of_its_own_and_so_has_the_principal()
    {
        using var client = shared.Server.Modern();
        var own = await client.IncrementAsync();
        var (first, second) = (await client.OpenHandleAsync(), await client.OpenHandleAsync());
        Assert.NotEqual(first, second);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, await client.IncrementAsync(first));
        }

        Assert.Equal(1, await client.IncrementAsync(second));
        Assert.Equal(own + 1, await client.IncrementAsync());
        Assert.Equal(4, await client.IncrementAsync(first));
        Assert.Equal(own + 2, await client.IncrementAsync());
    }

    [Fact]
    public async Task The_principals_own_state_is_there_for_its_next_connection_and_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        using (var client = server.Modern())
        {
            Assert.Equal(1, await client.IncrementAsync());
        }

        using var later = server.Modern();
        var handle = await later.OpenHandleAsync();
        await later.IncrementAsync(handle);
        await server.RestartAsync();
        Assert.Equal(2, await later.IncrementAsync());
        Assert.Equal(2, await later.IncrementAsync(handle));
    }

    [Fact]
    public async Task Open_says_how_long_the_handle_lives()
    {
        using var client = shared.Server.Modern();
        var opened = (await client.CallAsync("session_open")).Expect(HttpStatusCode.OK).Result["structuredContent"]!;
        Assert.True(DateTimeOffset.Parse((string)opened["expiresAt"]!, CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow);
        Assert.True((int)opened["idleTimeoutSeconds"]! > 0);
    }

    [Fact]
    public async Task A_closed_handle_answers_like_an_unknown_one()
    {
        using var client = shared.Server.Modern();
        var handle = await client.OpenHandleAsync();
        await client.IncrementAsync(handle);
        var closed = (await client.CallAsync("session_close", new { session = handle })).Expect(HttpStatusCode.OK);
        Assert.False(closed.ToolFailed, closed.Text);
        var gone = await client.CallAsync("increment", new { session = handle }, id: "same");
        var unknown = await client.CallAsync("increment", new { session = "unknown" }, id: "same");
        Assert.True(gone.ToolFailed);
        Assert.Equal(unknown.Fingerprint, gone.Fingerprint);
        var again = await client.CallAsync("session_close", new { session = handle });
        Assert.True(again.ToolFailed);
    }

    [Fact]
    public async Task Closing_a_handle_cancels_its_calls_and_nobody_elses()
    {
        using var client = shared.Server.Modern();
        var (first, second) = (await client.OpenHandleAsync(), await client.OpenHandleAsync());
        await client.IncrementAsync(second);
        await client.IncrementAsync();
        (await client.CallAsync("session_close", new { session = first })).Expect(HttpStatusCode.OK);
        Assert.Equal(2, await client.IncrementAsync(second));
    }

    [Fact]
    public async Task A_session_id_is_no_handle_and_a_handle_no_session_id()
    {
        using var modern = shared.Server.Modern();
        using var session = await shared.Server.Client().OpenAsync();
        var handle = await modern.OpenHandleAsync();
        await modern.IncrementAsync(handle);

        var reply = await modern.CallAsync("increment", new { session = session.SessionId });
        Assert.True(reply.Answer["error"] is not null || reply.ToolFailed, reply.Text);
        Assert.Equal(1, await session.IncrementAsync());

        using var legacy = shared.Server.Client();
        (legacy.SessionId, legacy.Version) = (handle, "2025-11-25");
        var posted = await legacy.CallAsync("increment");
        Assert.True(posted.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, posted.Text);
        Assert.Equal(2, await modern.IncrementAsync(handle));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"../../etc/passwd\"")]
    public async Task A_handle_that_is_none_is_a_tool_error_and_never_the_principals_state(string handle)
    {
        using var client = shared.Server.Modern();
        var own = await client.IncrementAsync();
        var parameters = Rpc.CallParams("increment");
        parameters["arguments"] = new System.Text.Json.Nodes.JsonObject { ["session"] = System.Text.Json.Nodes.JsonNode.Parse(handle) };
        var reply = await client.SendAsync("tools/call", parameters);
        Assert.True(reply.Answer["error"] is not null || reply.ToolFailed, reply.Text);
        Assert.Equal(own + 1, await client.IncrementAsync());
    }

    [Fact]
    public async Task Handles_count_as_sessions_of_their_client()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern(TestConfiguration.Carol);
        for (var i = 0; i < 5; i++)
        {
            await client.IncrementAsync(await client.OpenHandleAsync()); // One that holds nothing would make room.
        }

        var sixth = (await client.CallAsync("session_open")).Expect(HttpStatusCode.OK);
        Assert.True(sixth.ToolFailed);
        Assert.Contains("quota_exceeded", sixth.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_handle_ends()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(new SessionConfiguration { IdleTimeout = TimeSpan.FromMinutes(30) }),
        });
        using var client = server.Modern();
        var handle = await client.OpenHandleAsync();
        await client.IncrementAsync(handle);
        time.Advance(TimeSpan.FromMinutes(31));
        var gone = await client.CallAsync("increment", new { session = handle }, id: "same");
        Assert.True(gone.ToolFailed, gone.Text);
        Assert.Equal((await client.CallAsync("increment", new { session = "unknown" }, id: "same")).Fingerprint, gone.Fingerprint);
    }
}
