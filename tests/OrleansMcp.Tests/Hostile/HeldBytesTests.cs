using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Clients that let the server hold bytes for them: it holds their part, gives up what takes too long, and serves everybody else.</summary>
public sealed class HeldBytesTests
{
    private const int Large = 512 * 1024;

    private static readonly EndpointConfiguration s_patient = new() { TransferGrace = TimeSpan.FromMinutes(10) };

    // A client may hold 4 MiB.
    private static readonly MemoryConfiguration s_memory = new() { HeldBytes = 16 * 1024 * 1024 };

    [Fact]
    public async Task Bodies_that_never_end_are_held_up_to_the_clients_part_and_let_go_of_with_their_connections()
    {
        await using var server = await StartAsync(s_patient);
        using var alice = await server.Client().OpenAsync();
        using var carol = await server.Client(TestConfiguration.Carol).OpenAsync();
        var memory = server.Services.GetRequiredService<HeldMemory>();
        var sockets = new List<Socket>();
        string? refused = null;
        for (var number = 0; refused is null; number++)
        {
            Assert.True(number < 32, "One client holds as much as it likes.");
            var before = memory.Held;
            var socket = await SendAsync(server, alice, Rpc.Call(number, "echo", new { text = new string('x', Large) }), all: false);
            sockets.Add(socket);
            await Eventually.Holds(() => memory.Held > before + Large || socket.Available > 0, "the body was read or refused");
            refused = socket.Available > 0 ? await ReadAsync(socket) : null;
        }

        Assert.StartsWith("HTTP/1.1 429", refused, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", refused, StringComparison.Ordinal);
        var data = JsonNode.Parse(refused[refused.IndexOf('{', StringComparison.Ordinal)..])!["error"]!["data"]!;
        Assert.Equal(("quota_exceeded", "heldBytes", "client"), ((string?)data["code"], (string?)data["quota"], (string?)data["scope"]));
        Assert.Equal(1, await carol.IncrementAsync());
        sockets.ForEach(socket => socket.Dispose());
        await Eventually.Holds(async () => (await alice.CallAsync("echo", new { text = new string('x', Large) })).Status == HttpStatusCode.OK, "the client has its part again");
        await Eventually.Holds(() => HoldsNothing(memory), "nothing was held any more");
    }

    [Fact]
    public async Task Replies_that_nobody_reads_are_held_up_to_the_clients_part_and_given_up_in_time()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(new EndpointConfiguration(), time: time);
        using var alice = await server.Client().OpenAsync();
        using var carol = await server.Client(TestConfiguration.Carol).OpenAsync();
        var memory = server.Services.GetRequiredService<HeldMemory>();
        var sockets = new List<Socket>();
        for (var number = 0; number < 20; number++)
        {
            sockets.Add(await SendAsync(server, alice, Rpc.Call(number, "echo", new { text = new string('x', Large) }), all: true));
        }

        await Eventually.Holds(() => memory.Held > Large, "a reply waits for its reader");
        Assert.InRange(memory.Held, 0, (s_memory.HeldBytes!.Value / 4) + (Large * 2));
        Assert.Equal(1, await carol.IncrementAsync());

        // While all connections are still open at their end. Requests that waited for their turn begin as the clock moves, and have a time of their own.
        await Eventually.Holds(() => AdvanceUntilNothingIsHeld(time, memory), "nothing was held any more");
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_body_has_a_total_time_however_often_a_byte_of_it_comes()
    {
        await using var server = await StartAsync(new EndpointConfiguration { TransferGrace = TimeSpan.FromSeconds(1), TransferBytesPerSecond = 1 << 20 });
        using var alice = await server.Client().OpenAsync();
        using var socket = await SendAsync(server, alice, Rpc.Call(1, "echo", new { text = new string('x', Large) }), all: false);
        var reading = ReadAsync(socket);
        while (!reading.IsCompleted)
        {
            try
            {
                await Task.WhenAny(reading, Task.Delay(50));
                await socket.SendAsync(" "u8.ToArray());
            }
            catch (SocketException)
            {
                break; // The server has closed it.
            }
        }

        Assert.StartsWith("HTTP/1.1 408", await reading.InTime("the body was given up"), StringComparison.Ordinal);
        Assert.Equal(1, await alice.IncrementAsync());
    }

    [Fact]
    public async Task A_secret_has_a_total_time_too_and_is_charged_on_its_way()
    {
        await using var server = await StartAsync(new EndpointConfiguration { TransferGrace = TimeSpan.FromSeconds(1) });
        using var alice = await server.Client().OpenAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await socket.SendAsync(RawSocket.Ascii(
            $"PUT /mcp/secrets/a HTTP/1.1\nHost: localhost\nAuthorization: Bearer {alice.Key}\nMcp-Session-Id: {alice.SessionId}\nContent-Length: 1000\n\nx"));
        Assert.StartsWith("HTTP/1.1 408", await ReadAsync(socket), StringComparison.Ordinal);

        using var full = server.Services.GetRequiredService<HeldMemory>().Hold("acme", "alice");
        full.Take(s_memory.HeldBytes!.Value / 4);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await alice.PutSecretAsync("a", "x"u8.ToArray())).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await alice.GetAsync()).Status);
    }

    [Fact]
    public async Task A_client_that_reads_slowly_and_in_time_gets_all_of_a_large_reply()
    {
        await using var server = await StartAsync(s_patient);
        using var alice = await server.Client().OpenAsync();
        using var socket = await SendAsync(server, alice, Rpc.Call(1, "echo", new { text = new string('x', Large) }), all: true);
        await Eventually.Holds(() => socket.Available > 0, "the reply began");
        var (buffer, received) = (new byte[4096], 0L);
        while (received < Large)
        {
            var read = await socket.ReceiveAsync(buffer).InTime("more of the reply");
            Assert.True(read > 0, $"The reply ended after {received} bytes.");
            received += read;
        }
    }

    [Theory]
    [InlineData("{\"a\":[", "0,", "0]}", 200_000, "tokens")]
    [InlineData("{", "\"k\":0,", "\"z\":0}", 20_001, "keys")]
    public async Task A_body_that_takes_long_to_parse_is_refused_before_it_is_parsed(string head, string part, string tail, int count, string what)
    {
        await using var server = await StartAsync(new EndpointConfiguration(), new MemoryConfiguration());
        using var alice = await server.Client().OpenAsync();
        var reply = await alice.PostAsync(head + new StringBuilder().Insert(0, part, count) + tail);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.Status);
        Assert.Contains(what, reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8_000, 8)] // each comes in one piece
    [InlineData(200_000, 1)]
    public async Task Bodies_come_in_at_the_clients_pace_however_they_are_cut(int bytes, int count)
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(new EndpointConfiguration { BodyBytesPerSecond = 50_000 }, time: time);
        using var alice = await server.Client().OpenAsync();
        var calls = Enumerable.Range(0, count).Select(_ => alice.CallAsync("echo", new { text = new string('x', bytes) })).ToList();
        await Eventually.Holds(() => IsPaced(server, time), "the client was made to wait");
        Assert.Contains(calls, static call => !call.IsCompleted);
        await AdvanceUntilAsync(time, Task.WhenAll(calls));
    }

    [Fact]
    public async Task A_body_that_is_refused_unread_is_dropped_at_the_clients_pace_too()
    {
        var time = new FakeTimeProvider();
        var configuration = TestConfiguration.With(
            endpoint: new EndpointConfiguration { BodyBytesPerSecond = 50_000, TransferGrace = TimeSpan.FromMinutes(10) }, quotas: new() { RequestsPerMinute = 2 });
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = configuration, Time = time });
        using var alice = await server.Client().OpenAsync();
        using var socket = await SendAsync(server, alice, Rpc.Call(1, "echo", new { text = new string('x', Large) }), all: true);
        Assert.StartsWith("HTTP/1.1 429", await ReadAsync(socket), StringComparison.Ordinal);
        await Eventually.Holds(() => IsPaced(server, time), "the client was made to wait");

        // Then the connection serves on.
        await socket.SendAsync(RawSocket.Ascii($"DELETE /mcp HTTP/1.1\nHost: localhost\nAuthorization: Bearer {alice.Key}\nMcp-Session-Id: {alice.SessionId}\n\n"));
        var ended = ReadAsync(socket);
        await AdvanceUntilAsync(time, ended);
        Assert.StartsWith("HTTP/1.1 200", await ended, StringComparison.Ordinal);
    }

    private static bool IsPaced(TestServer server, FakeTimeProvider time) =>
        server.Services.GetRequiredService<HeldMemory>().Clients.Any(client => client.Pace.Wait(time.GetElapsedTime(0)) > TimeSpan.Zero);

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Task done) => await Eventually.Holds(() =>
    {
        time.Advance(TimeSpan.FromSeconds(2));
        return done.IsCompleted;
    }, "the clock moved on");

    private static Task<TestServer> StartAsync(EndpointConfiguration endpoint, MemoryConfiguration? memory = null, FakeTimeProvider? time = null) =>
        TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(endpoint: endpoint) with { Memory = memory ?? s_memory },
            Time = time,
            Customise = static builder => builder.WebHost.ConfigureKestrel(static kestrel =>
            {
                // Kestrel's own limits on averages would do the work of what is tested here.
                kestrel.Limits.MinRequestBodyDataRate = null;
                kestrel.Limits.MinResponseDataRate = null;
            }),
        });

    private static bool AdvanceUntilNothingIsHeld(FakeTimeProvider time, HeldMemory memory)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return HoldsNothing(memory);
    }

    /// <summary>Nothing but connections is charged.</summary>
    private static bool HoldsNothing(HeldMemory memory) => memory.Clients.All(client => client.Held < 32 * 1024);

    private static async Task<Socket> SendAsync(TestServer server, RawClient client, string call, bool all)
    {
        var bytes = new RequestText("POST", "/mcp").With("Host", "localhost").With("Authorization", "Bearer " + client.Key)
            .With("Content-Type", "application/json").With("Accept", "application/json, text/event-stream")
            .With("Mcp-Session-Id", client.SessionId!).Body(all ? call : call + new string(' ', 1000)).ToBytes();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        try
        {
            for (var rest = bytes.AsMemory(0, all ? bytes.Length : bytes.Length - 1000); rest.Length > 0;)
            {
                rest = rest[await socket.SendAsync(rest)..];
            }
        }
        catch (SocketException)
        {
            // Refused before all of it was read.
        }

        return socket;
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        var (buffer, text) = (new byte[4096], "");
        while (!text.EndsWith('}'))
        {
            var read = await socket.ReceiveAsync(buffer).InTime("the reply");
            if (read == 0)
            {
                break;
            }

            text += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return text;
    }
}
