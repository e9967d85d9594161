using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Clients that take their time: each is let go of, and meanwhile nobody else waits.</summary>
[Collection(Alone.Collection)]
public sealed class SlowClientTests
{
    private const int Many = 100;

    [Theory]
    [InlineData("POST /mcp HTTP/1.1\nHost: localhost\nAuthorization: Bearer demo-alice\nX-Slow: ", "a")]
    [InlineData("POST /mcp HTTP/1.1\nHost: localhost\nAuthorization: Bearer demo-alice\nContent-Type: application/json\nContent-Length: 4000000\n\n", " ")]
    [InlineData("POST /mcp HTTP/1.1\nHost: localhost\nAuthorization: Bearer demo-alice\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n", "1\n \n")]
    public async Task Clients_that_send_a_few_bytes_at_a_time_are_let_go_of(string beginning, string drop)
    {
        var errors = new ErrorLog();
        await using var server = await StartAsync(errors);
        using var other = await server.Client().OpenAsync();
        using var stopping = new CancellationTokenSource();
        var slow = Enumerable.Range(0, Many).Select(_ => TrickleAsync(server.Url.Port, RawSocket.Ascii(beginning), RawSocket.Ascii(drop), stopping.Token)).ToList();

        for (var number = 1; number <= 100; number++)
        {
            var watch = Stopwatch.StartNew();
            Assert.Equal(number, await other.IncrementAsync());
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"A quick client waited {watch.Elapsed} behind slow ones.");
        }

        var replies = await Task.WhenAll(slow).InTime("slow clients were let go of");
        Assert.All(replies, reply => Assert.True(reply.Length == 0 || reply.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), reply));
        errors.ExpectNone();
    }

    [Fact]
    public async Task A_client_that_never_reads_its_stream_is_let_go_of_and_holds_up_nobody()
    {
        var errors = new ErrorLog();
        await using var server = await StartAsync(errors);
        using var deaf = await server.Client().OpenAsync();
        using var other = await server.Client().OpenAsync();
        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        using var socket = await CallAsync(server, deaf, Rpc.Call("deaf", "test_notify", new { gate = "deaf", count = 2_000, bytes = 32 * 1024 }));

        for (var number = 1; number <= 100; number++)
        {
            Assert.Equal(number, await other.IncrementAsync());
        }

        // The session itself goes on as well, and what waits for its reader is bounded whatever was sent.
        Assert.Equal(1, await deaf.IncrementAsync());
        var held = GC.GetTotalMemory(forceFullCollection: true) - bytes;
        Assert.True(held < 16 * 1024 * 1024, $"{held:n0} bytes are held for a client that does not read.");
        await Eventually.Holds(() => IsClosed(socket), "the connection of a client that does not read was closed");
        server.Gates["deaf"].Open();
        Assert.Equal(2, await deaf.IncrementAsync());
        (await deaf.DeleteAsync()).Expect(HttpStatusCode.OK);
        errors.ExpectNone();
    }

    private static Task<TestServer> StartAsync(ErrorLog errors) => TestServer.StartAsync(new TestServerOptions
    {
        Configuration = TestConfiguration.With(),
        Customise = builder =>
        {
            builder.Logging.AddProvider(errors);

            // The same limits with less patience, so that the test need not have it. Kestrel looks once a second, and grants a write
            // that it took over the time that its bytes may take.
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1.5);
                kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(1.5));
                kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 8 * 1024 * 1024, gracePeriod: TimeSpan.FromSeconds(1.5));
            });
        },
    });

    private static async Task<string> TrickleAsync(int port, byte[] beginning, byte[] drop, CancellationToken stopping)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, stopping);
        var reading = ReadAsync(socket);
        try
        {
            await socket.SendAsync(beginning, stopping);
            while (!reading.IsCompleted)
            {
                await Task.Delay(100, stopping);
                await socket.SendAsync(drop, stopping);
            }
        }
        catch (SocketException)
        {
            // Let go of.
        }

        return await reading;
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        var buffer = new byte[1024];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>Calls, and reads nothing of the answer.</summary>
    private static async Task<Socket> CallAsync(TestServer server, RawClient client, string call)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await socket.SendAsync(new RequestText("POST", "/mcp").With("Host", "localhost").With("Authorization", "Bearer " + TestConfiguration.Alice)
            .With("Content-Type", "application/json").With("Accept", "application/json, text/event-stream")
            .With("Mcp-Session-Id", client.SessionId!).Body(call).ToBytes());
        return socket;
    }

    /// <summary>Whether the other end has reset the connection; seen by writing, since nothing is read.</summary>
    private static bool IsClosed(Socket socket)
    {
        try
        {
            socket.Send("x"u8);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
