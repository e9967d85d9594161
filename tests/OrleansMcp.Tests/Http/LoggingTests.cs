using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>notifications/message and the level a session asked for.</summary>
public sealed class LoggingTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("warning", new[] { "to warn", "to alarm" })]
    [InlineData("error", new[] { "to alarm" })]
    [InlineData("info", new[] { "to inform", "to warn", "to alarm" })]
    [InlineData("emergency", new string[0])]
    public async Task Only_messages_of_the_level_asked_for_are_sent(string level, string[] expected)
    {
        using var client = await shared.Server.Client().OpenAsync();
        (await client.PostAsync(Rpc.Request(1, "logging/setLevel", new { level }))).Expect(HttpStatusCode.OK);
        var reply = await client.CallAsync("test_log");
        Assert.Equal(expected, Logged(reply));
    }

    [Fact]
    public async Task The_level_of_one_session_is_not_the_level_of_another()
    {
        using var first = await shared.Server.Client().OpenAsync();
        using var second = await shared.Server.Client().OpenAsync();
        await first.PostAsync(Rpc.Request(1, "logging/setLevel", new { level = "error" }));
        await second.PostAsync(Rpc.Request(1, "logging/setLevel", new { level = "warning" }));
        Assert.Equal(["to alarm"], Logged(await first.CallAsync("test_log")));
        Assert.Equal(["to warn", "to alarm"], Logged(await second.CallAsync("test_log")));
    }

    [Fact]
    public async Task The_level_survives_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.PostAsync(Rpc.Request(1, "logging/setLevel", new { level = "error" }));
        await server.RestartAsync();
        Assert.Equal(["to alarm"], Logged(await client.CallAsync("test_log")));
    }

    [Fact]
    public async Task A_level_that_does_not_exist_is_an_error()
    {
        using var client = await shared.Server.Client().OpenAsync();
        Assert.Equal(-32602, (await client.PostAsync(Rpc.Request(1, "logging/setLevel", new { level = "loud" }))).ErrorCode);
    }

    private static IEnumerable<string> Logged(RawReply reply) =>
        (reply.IsStream ? reply.Events : []).Where(item => item.Method == "notifications/message")
            .Select(item => (string)item.Json["params"]!["data"]!);
}
