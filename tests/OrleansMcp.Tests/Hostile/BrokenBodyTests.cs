using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMcp.Http.Connections;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Clients whose connection is reset while their body is read: that is nobody's error, and nothing for the log.</summary>
public sealed class BrokenBodyTests
{
    private const int Times = 20;

    [Theory]
    [InlineData("POST /mcp", "Content-Length: 20000", "{\"jsonrpc\"")]
    [InlineData("POST /mcp", "Transfer-Encoding: chunked", "9\r\n{\"jsonrpc")]
    [InlineData("POST /mcp", "Content-Length: 20000", "")]
    [InlineData("PUT /mcp/secrets/a", "Content-Length: 200", "half")]
    public async Task A_client_that_breaks_off_in_the_middle_of_its_body_is_not_logged(string line, string framing, string part)
    {
        var log = new ErrorLog(LogLevel.Warning);
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(),
            Customise = builder => builder.Logging.AddProvider(log),
        });
        using var other = await server.Client().OpenAsync();
        var guard = server.Services.GetRequiredService<ConnectionGuard>();
        var before = guard.Count;
        for (var time = 0; time < Times; time++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
            await socket.SendAsync(RawSocket.Ascii(
                $"{line} HTTP/1.1\nHost: localhost\nAuthorization: Bearer demo-alice\nContent-Type: application/json\nMcp-Session-Id: {other.SessionId}\n{framing}\n\n{part}"));
            await Eventually.Holds(() => guard.Count > before, "the connection was taken");
            await other.IncrementAsync(); // By then the body is being read.
            socket.Close(timeout: 0); // a reset
            await Eventually.Holds(() => guard.Count == before, "the connection is gone");
        }

        log.ExpectNone();
    }
}
