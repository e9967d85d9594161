using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Connections;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Connections of which nothing is known yet, and more of them than there may be.</summary>
public sealed class ConnectionGuardTests
{
    private static readonly TimeSpan s_patient = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_connection_has_ten_seconds_until_a_request_on_it_is_authenticated_and_all_the_time_after()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(new ConnectionConfiguration(), time);
        using var known = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 2", await RequestAsync(known, Ping(TestConfiguration.Alice)), StringComparison.Ordinal);
        using var silent = await ConnectAsync(server);
        using var stranger = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 401", await RequestAsync(stranger, Ping("no-such-key")), StringComparison.Ordinal);

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.StartsWith("HTTP/1.1 401", await RequestAsync(stranger, Ping("no-such-key")), StringComparison.Ordinal);
        await Eventually.Holds(() => AdvanceUntilClosed(time, silent), "the silent connection was closed");
        await Eventually.Holds(() => AdvanceUntilClosed(time, stranger), "the connection of a stranger was closed");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.StartsWith("HTTP/1.1 401", await RequestAsync(known, Ping("no-such-key")), StringComparison.Ordinal); // an ingress carries many users
        Assert.StartsWith("HTTP/1.1 2", await RequestAsync(known, Ping(TestConfiguration.Carol)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_too_many_new_connections_the_oldest_goes_and_known_ones_stay()
    {
        await using var server = await StartAsync(new ConnectionConfiguration { Max = 40, MaxNew = 3, FirstRequest = s_patient }, TimeProvider.System);
        using var known = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 2", await RequestAsync(known, Ping(TestConfiguration.Alice)), StringComparison.Ordinal);
        var guard = server.Services.GetRequiredService<ConnectionGuard>();
        var silent = new List<Socket>();
        for (var number = 0; number < 6; number++)
        {
            // A busy server takes connections in another order than they were opened in.
            silent.Add(await ConnectAsync(server));
            await (number < 3
                ? Eventually.Holds(() => guard.Count == number + 2, "the connection was taken")
                : Eventually.Holds(() => IsClosed(silent[number - 3]), "the oldest made room"));
        }

        Assert.All(silent.Skip(3), socket => Assert.False(IsClosed(socket)));
        Assert.StartsWith("HTTP/1.1 2", await RequestAsync(known, Ping(TestConfiguration.Alice)), StringComparison.Ordinal);
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task When_all_are_known_one_of_the_client_that_has_most_makes_room()
    {
        await using var server = await StartAsync(new ConnectionConfiguration { Max = 12, MaxNew = 4, FirstRequest = s_patient }, TimeProvider.System);
        using var neighbour = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 2", await RequestAsync(neighbour, Ping(TestConfiguration.Carol)), StringComparison.Ordinal);
        var many = new List<Socket>();
        for (var number = 0; number < 30; number++)
        {
            many.Add(await ConnectAsync(server));
            await RequestAsync(many[^1], Ping(TestConfiguration.Alice));
        }

        var guard = server.Services.GetRequiredService<ConnectionGuard>();
        await Eventually.Holds(() => guard.Count < 12, "there is room");
        using var another = await ConnectAsync(server);
        Assert.StartsWith("HTTP/1.1 2", await RequestAsync(another, Ping(TestConfiguration.Bob)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 2", await RequestAsync(neighbour, Ping(TestConfiguration.Carol)), StringComparison.Ordinal);
        Assert.True(many.Count(IsClosed) >= 18);
        many.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData("Max open files            512                  1024                 files     ", 100, 348)]
    [InlineData("Max open files            256                  256                  files     ", 300, 8)]
    [InlineData("Max open files            unlimited            unlimited            files     ", 100, null)]
    public void There_are_fewer_connections_than_descriptors(string line, int used, int? connections) =>
        Assert.Equal(connections, DescriptorLimit.Connections(line, used));

    [Fact]
    public void The_system_says_how_many_descriptors_there_are() => Assert.True(DescriptorLimit.Connections() > 8);

    private static Task<TestServer> StartAsync(ConnectionConfiguration connections, TimeProvider time) => TestServer.StartAsync(
        new TestServerOptions { Configuration = TestConfiguration.With(endpoint: new EndpointConfiguration { Connections = connections }), Time = time });

    private static byte[] Ping(string key) => new RequestText("POST", "/mcp").With("Host", "localhost").With("Authorization", "Bearer " + key)
        .With("Content-Type", "application/json").With("Accept", "application/json, text/event-stream")
        .Body(Rpc.Initialize(1, "2025-11-25")).ToBytes();

    private static async Task<Socket> ConnectAsync(TestServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        return socket;
    }

    /// <summary>Sends a request and returns its reply; empty when the connection was closed.</summary>
    private static async Task<string> RequestAsync(Socket socket, byte[] request)
    {
        var (buffer, text) = (new byte[8192], "");
        try
        {
            await socket.SendAsync(request);
            while (!text.EndsWith('}'))
            {
                var read = await socket.ReceiveAsync(buffer).InTime("the reply");
                if (read == 0)
                {
                    break;
                }

                text += System.Text.Encoding.ASCII.GetString(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
        }

        return text;
    }

    private static bool AdvanceUntilClosed(FakeTimeProvider time, Socket socket)
    {
        time.Advance(TimeSpan.FromMilliseconds(100));
        return IsClosed(socket);
    }

    /// <summary>Whether the other end has closed the connection. Nothing is to be read from it.</summary>
    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
