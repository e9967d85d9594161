using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Several requests in one write: each is answered by itself, in order, and a bad one is no way past the checks of the next.</summary>
public sealed class PipeliningTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Pipelined_requests_are_each_answered_in_order()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var replies = await SendAsync(
            Post(client).Body(Target.Increment), Post(client).Body(Target.Increment[..^1]), Post(client).Body(Target.Increment),
            Post(client).With("Authorization", "Bearer wrong").Body(Target.Increment),
            Post(client).With("Connection", "close").Body(Target.Increment));
        Assert.Equal(["200", "400", "200", "401", "200"], replies.Select(reply => reply[..3]));
        Assert.Equal(4, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_request_inside_a_body_is_never_taken_for_one()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var inner = Encoding.Latin1.GetString(Post(client).Body(Target.Increment).ToBytes());
        var replies = await SendAsync(Post(client).Body(inner), Post(client).With("Connection", "close").Body(Target.Ping));
        Assert.Equal(["400", "200"], replies.Select(reply => reply[..3]));
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_length_beside_chunks_does_not_hide_a_second_request()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var hidden = Encoding.Latin1.GetString(Post(client).With("Connection", "close").Body(Target.Increment).ToBytes());
        var replies = await SendAsync(Post(client).Chunks($"{Target.Ping.Length:x}\r\n{Target.Ping}\r\n0\r\n\r\n{hidden}").And("Content-Length", "6"));

        // Refused as a whole, or the chunks count and the rest is a request of its own, credentials and all: never anything in between.
        Assert.InRange(replies.Length, 1, 2);
        Assert.All(replies, reply => Assert.Contains(reply[..3], new[] { "200", "400" }));
        Assert.Equal(replies.Count(reply => reply.Contains("\"id\":7", StringComparison.Ordinal)) + 1, await client.IncrementAsync());
    }

    private static RequestText Post(RawClient client) => new RequestText("POST", "/mcp").With("Host", "localhost")
        .With("Authorization", "Bearer " + TestConfiguration.Alice).With("Content-Type", "application/json")
        .With("Accept", "application/json, text/event-stream").With("Mcp-Session-Id", client.SessionId!);

    /// <summary>Sends everything at once and returns the replies, each from its status on.</summary>
    private async Task<string[]> SendAsync(params RequestText[] requests)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, shared.Server.Url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(requests.SelectMany(request => request.ToBytes()).ToArray());
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = await reader.ReadToEndAsync().InTime("the replies to pipelined requests");
        return text.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries);
    }
}
