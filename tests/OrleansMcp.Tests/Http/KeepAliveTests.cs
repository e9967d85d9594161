using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>
/// Ingresses cut connections that are silent: that of Azure Container Apps after 240 s at the latest. Each kind of stream says something far
/// more often, by the configured clock.
/// </summary>
public sealed class KeepAliveTests
{
    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData("GET")]
    [InlineData("GET of 2025-06-18")]
    [InlineData("POST that reports progress")]
    [InlineData("POST of a silent call")]
    [InlineData("POST of a silent call of 2025-06-18")]
    [InlineData("subscriptions/listen")]
    public async Task A_quiet_stream_says_something_every_fifteen_seconds(string kind)
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        using var client = await server.Client().OpenAsync(kind.EndsWith("2025-06-18", StringComparison.Ordinal) ? "2025-06-18" : "2025-11-25");
        using var modern = server.Modern();
        using var stream = await OpenAsync(kind, server, client, modern, time);
        var reading = stream.Events.UntilMethodAsync("never");
        for (var round = 0; round < 4; round++)
        {
            var before = stream.Events.Comments;
            time.Advance(s_default);
            if (!await SoonAsync(() => stream.Events.Comments > before))
            {
                // The writer had not begun to wait when the clock moved. It has by now.
                time.Advance(s_default);
                await Eventually.Holds(() => stream.Events.Comments > before, $"a comment within {2 * s_default} of silence ({kind})");
            }
        }

        Assert.False(reading.IsCompleted);
        stream.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
        server.Gates["quiet"].Open(); // a server that stops waits for its calls
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2025-03-26, a batch")]
    [InlineData("2025-11-25, without a session")]
    [InlineData("2026-07-28")]
    public async Task A_client_that_takes_only_JSON_gets_white_space_before_its_answer(string kind)
    {
        await using var server = await StartLivelyAsync();
        var gate = server.Gates["long"];
        var call = Rpc.Call(1, "test_gate", new { gate = "long" });
        using var client = server.Client();
        using var modern = server.Modern();
        if (!kind.Contains("without", StringComparison.Ordinal))
        {
            await client.OpenAsync(kind[..10] is ModernClient.Version ? "2025-11-25" : kind[..10]);
        }

        // A client gets the head of a response with its first byte.
        using var response = await (kind == ModernClient.Version
            ? modern.StartAsync("tools/call", Rpc.CallParams("test_gate", new { gate = "long" }), RawClient.TakesJsonOnly)
            : client.StartAsync(client.Post(kind.Contains("batch", StringComparison.Ordinal) ? Rpc.Batch(call, Rpc.Request(2, "ping")) : call, RawClient.TakesJsonOnly)));
        Assert.Equal((HttpStatusCode.OK, "application/json", null), (response.StatusCode, response.Content.Headers.ContentType?.ToString(), response.Content.Headers.ContentLength));
        gate.Open();
        var text = await response.Content.ReadAsStringAsync();
        Assert.StartsWith("\n", text, StringComparison.Ordinal);
        Assert.Contains("through", JsonNode.Parse(text)!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_gets_the_error_when_its_session_ends_meanwhile_and_never_an_empty_answer()
    {
        await using var server = await StartLivelyAsync();
        using var client = await server.Client().OpenAsync();
        using var response = await client.StartAsync(client.Post(Rpc.Call(1, "test_gate", new { gate = "ended" }), RawClient.TakesJsonOnly));
        await client.DeleteAsync();
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    private static Task<TestServer> StartLivelyAsync() => TestServer.StartAsync(new TestServerOptions
    {
        Configuration = TestConfiguration.With(endpoint: new EndpointConfiguration { KeepAlive = TimeSpan.FromMilliseconds(20) }),
    });

    [Fact]
    public void No_configuration_waits_nearly_as_long_as_an_ingress_does()
    {
        Assert.Equal(s_default, new EndpointConfiguration().KeepAlive);
        Assert.Equal(TimeSpan.FromMinutes(2), ConfigurationFile.Parse("endpoint: { keepAlive: 2m }\ntenants: { t: {} }", "f").Endpoint.KeepAlive);
        Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse("endpoint: { keepAlive: 121s }\ntenants: { t: {} }", "f"));
    }

    private static async Task<OpenReply> OpenAsync(string kind, TestServer server, RawClient client, ModernClient modern, FakeTimeProvider time)
    {
        switch (kind.Split(" of 20")[0])
        {
            case "GET":
                return await client.ListenAsync();
            case "POST that reports progress":
                return await client.PostForStreamAsync(Rpc.Call(1, "test_progress", new { gate = "quiet", steps = 1 }, progressToken: 1));
            case "POST of a silent call":
                var answering = client.PostForStreamAsync(Rpc.Call(1, "test_gate", new { gate = "quiet" }));
                await server.Gates["quiet"].Entered.InTime("the call ran");
                await Eventually.Holds(PassAndLook, "the answer became a stream");
                return await answering;

                bool PassAndLook()
                {
                    time.Advance(TimeSpan.FromSeconds(5)); // what a call may take until then
                    return answering.IsCompleted;
                }

            default:
                return await modern.OpenAsync(
                    "subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } });
        }
    }

    private static async Task<bool> SoonAsync(Func<bool> condition)
    {
        for (var look = 0; look < 100 && !condition(); look++)
        {
            await Task.Delay(10);
        }

        return condition();
    }
}
