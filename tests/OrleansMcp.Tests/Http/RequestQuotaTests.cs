using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas.Requests;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Every request counts, whatever it asks for; one too many is refused in the form of its kind, and what ends work gets through.</summary>
public sealed class RequestQuotaTests
{
    // What opening a session takes: initialize and the notification that the client is ready.
    private const int Opening = 2;

    [Theory]
    [InlineData("tools/list")]
    [InlineData("resources/list")]
    [InlineData("prompts/get")]
    [InlineData("logging/setLevel")]
    [InlineData("no/such/method")]
    public async Task A_request_too_many_is_429_with_its_id(string method)
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening });
        using var alice = await server.Client().OpenAsync();
        var reply = (await alice.PostAsync(Rpc.Request("the id", method))).Expect(HttpStatusCode.TooManyRequests);
        Assert.Equal("the id", (string?)reply.Json["id"]);
        AssertRefused(reply, "requestsPerMinute", "client");
        Assert.InRange(int.Parse(reply.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(1, server.Signals[SignalName.QuotaExceeded]);
    }

    [Fact]
    public async Task Notifications_streams_secrets_openings_and_what_is_malformed_are_refused_too()
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening });
        using var alice = await server.Client().OpenAsync();
        AssertRefused(await alice.PostAsync(Rpc.Notification("notifications/progress")), "requestsPerMinute", "client");
        AssertRefused(await alice.GetAsync(), "requestsPerMinute", "client");
        AssertRefused(await alice.PutSecretAsync("a", "x"u8.ToArray()), "requestsPerMinute", "client");
        AssertRefused(await alice.DeleteSecretAsync("a"), "requestsPerMinute", "client");
        AssertRefused(await alice.PostAsync("not json"), "requestsPerMinute", "client");
        using var another = server.Client();
        AssertRefused(await another.PostAsync(Rpc.Initialize(1, "2025-11-25")), "requestsPerMinute", "client");
    }

    [Fact]
    public async Task A_tool_call_too_many_is_a_tool_result()
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening });
        using var alice = await server.Client().OpenAsync();
        AssertRefused((await alice.CallAsync("echo", new { text = "x" })).Expect(HttpStatusCode.OK).Result["structuredContent"]!, "requestsPerMinute", "client");

        await using var modern = await StartAsync(new() { RequestsPerMinute = 1 });
        using var client = new ModernClient(modern.Url, TestConfiguration.Alice);
        Assert.Equal("x", await client.CallTextAsync("echo", new { text = "x" }));
        var refused = (await client.CallAsync("echo", new { text = "x" })).Expect(HttpStatusCode.OK);
        Assert.Equal(("complete", true), ((string?)refused.Result["resultType"], refused.ToolFailed));
    }

    [Fact]
    public async Task Pings_cancellations_answers_and_ends_are_counted_and_never_refused()
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening + 3 });
        using var alice = await server.Client().OpenAsync();
        Assert.True(await alice.IsAliveAsync());
        (await alice.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 7 }))).Expect(HttpStatusCode.Accepted);
        (await alice.PostAsync(Rpc.Result("unasked", new { }))).Expect(HttpStatusCode.BadRequest);
        AssertRefused(await alice.PostAsync(Rpc.Request(1, "tools/list")), "requestsPerMinute", "client");
        Assert.Equal(1, server.Signals[SignalName.QuotaExceeded]);
        Assert.True(await alice.IsAliveAsync());
        (await alice.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 7 }))).Expect(HttpStatusCode.Accepted);
        (await alice.PostAsync(Rpc.Result("unasked", new { }))).Expect(HttpStatusCode.BadRequest);
        (await alice.DeleteAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal(1, server.Signals[SignalName.QuotaExceeded]); // None of these was refused.
    }

    [Fact]
    public async Task The_next_minute_brings_new_requests_and_other_clients_have_their_own()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening }, time: time);
        using var alice = await server.Client().OpenAsync();
        AssertRefused(await alice.PostAsync(Rpc.Request(1, "tools/list")), "requestsPerMinute", "client");
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        (await alice.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_message_of_a_batch_counts_and_what_is_never_refused_is_taken_out_of_one_that_is()
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening + 3 });
        using var alice = await server.Client().OpenAsync("2025-03-26");
        var half = (await alice.PostAsync($"[{Rpc.Request("list", "tools/list")},{Rpc.Request("ping", "ping")},{Rpc.Request("more", "tools/list")},{Rpc.Request("most", "tools/list")}]"))
            .Expect(HttpStatusCode.OK).Json.AsArray();
        Assert.Equal(4, half.Count);
        Assert.NotNull(half.Single(one => (string?)one!["id"] == "ping")!["result"]);
        AssertRefused(half.Single(one => (string?)one!["id"] == "list")!["error"]!["data"]!, "requestsPerMinute", "client");

        (await alice.PostAsync($"[{Rpc.Request(1, "tools/list")},{Rpc.Request(2, "ping")}]")).Expect(HttpStatusCode.OK);
        var none = (await alice.PostAsync($"[{Rpc.Request(3, "tools/list")},{Rpc.Request(4, "tools/list")}]")).Expect(HttpStatusCode.TooManyRequests);
        Assert.Equal([3, 4], none.Json.AsArray().Select(one => (int)one!["id"]!));
        (await alice.PostAsync($"[{Rpc.Notification("notifications/progress")}]")).Expect(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_large_body_of_a_client_that_is_over_its_quota_is_not_read()
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening });
        using var alice = await server.Client().OpenAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {alice.Key}\r\nMcp-Session-Id: {alice.SessionId}\r\nContent-Type: application/json\r\n"
            + "Accept: application/json, text/event-stream\r\nContent-Length: 1000000\r\n\r\n{"));
        Assert.StartsWith("HTTP/1.1 429", await ReadHeadAsync(socket), StringComparison.Ordinal); // before the rest was sent

        // The rest is read and dropped, so that the connection serves on.
        await socket.SendAsync(new byte[999_999]);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"DELETE /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {alice.Key}\r\nMcp-Session-Id: {alice.SessionId}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200", await ReadHeadAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_a_length_is_read_as_far_as_a_ping_may_reach()
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = Opening });
        using var alice = await server.Client().OpenAsync();
        (await alice.PostAsync(Rpc.Request(1, "ping"), Chunked)).Expect(HttpStatusCode.OK);
        AssertRefused(await alice.PostAsync(Rpc.Request(1, "ping", new { pad = new string('x', 100_000) }), Chunked), "requestsPerMinute", "client");

        static void Chunked(HttpRequestMessage request) => request.Headers.TransferEncodingChunked = true;
    }

    [Fact]
    public async Task A_session_has_requests_of_its_own()
    {
        await using var server = await StartAsync(new() { RequestsPerMinute = 100 }, session: QuotaConfiguration.None with { RequestsPerMinute = 2 });
        using var alice = await server.Client().OpenAsync(); // The notification is the first request within the session.
        (await alice.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
        var refused = await alice.PostAsync(Rpc.Request(2, "tools/list"));
        Assert.Equal(2, (int)refused.Json["id"]!);
        AssertRefused(refused, "requestsPerMinute", "session");
        AssertRefused(await alice.GetAsync(), "requestsPerMinute", "session");
        AssertRefused(await alice.PutSecretAsync("a", "x"u8.ToArray()), "requestsPerMinute", "session");
        AssertRefused(await alice.DeleteSecretAsync("a"), "requestsPerMinute", "session");
        Assert.True(await alice.IsAliveAsync());
        using var another = await server.Client().OpenAsync();
        (await another.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Streams_that_listen_count_as_long_as_they_are_open()
    {
        await using var server = await StartAsync(new() { ConcurrentCalls = 1 });
        using var alice = await server.Client().OpenAsync();
        using var another = await server.Client().OpenAsync();
        using (await alice.ListenAsync())
        {
            AssertRefused(await another.GetAsync(), "concurrentStreams", "client");
            Assert.Equal(1, await another.IncrementAsync()); // They keep no call from running.
        }

        var meter = server.Services.GetRequiredService<RequestMeter>();
        await Eventually.Holds(() =>
        {
            using var open = meter.TryOpenStream(new Caller("acme", "alice", "alice"), out _);
            return open is not null;
        }, "the first stream was closed");
        using var second = await another.ListenAsync();
    }

    [Fact]
    public async Task Listens_of_2026_07_28_count_as_long_as_they_are_open()
    {
        await using var server = await StartAsync(new() { ConcurrentStreams = 1 });
        using var alice = new ModernClient(server.Url, TestConfiguration.Alice);
        using (await alice.OpenAsync("subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject() }))
        {
            var refused = await alice.SendAsync("subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject() }, id: "second");
            Assert.Equal("second", (string?)refused.Answer["id"]);
            AssertRefused(refused, "concurrentStreams", "client");
        }
    }

    [Fact]
    public async Task Whatever_is_made_durable_spends_a_write()
    {
        // Two for the session, and one.
        await using var server = await StartAsync(new() { WritesPerMinute = 3 }, session: QuotaConfiguration.None with { WritesPerMinute = 100 });
        using var alice = await server.Client().OpenAsync();
        (await alice.PostAsync(Level("debug"))).Expect(HttpStatusCode.OK);
        (await alice.PostAsync(Level("debug"))).Expect(HttpStatusCode.OK); // Nothing changes, so nothing is written.
        AssertRefused(await alice.PostAsync(Level("info")), "writesPerMinute", "client");
        AssertRefused(await alice.PostAsync(Rpc.Request(2, "resources/subscribe", new { uri = "demo://session/counter" })), "writesPerMinute", "client");
        AssertRefused((await alice.CallAsync("increment", new { by = 1 })).Result["structuredContent"]!, "writesPerMinute", "client");
        AssertRefused(
            (await alice.CallAsync("records_transact", new { @namespace = "o", writes = new[] { new { key = "k", value = 1 } } })).Result["structuredContent"]!,
            "writesPerMinute", "client");
        using var another = server.Client();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await another.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Status);
        Assert.Equal("x", await alice.CallTextAsync("echo", new { text = "x" }));
        (await alice.DeleteAsync()).Expect(HttpStatusCode.OK);

        static string Level(string level) => Rpc.Request(1, "logging/setLevel", new { level });
    }

    [Fact]
    public async Task A_session_has_writes_of_its_own()
    {
        await using var server = await StartAsync(new(), session: QuotaConfiguration.None with { WritesPerMinute = 1 });
        using var alice = await server.Client().OpenAsync();
        Assert.Equal(1, await alice.IncrementAsync());
        AssertRefused((await alice.CallAsync("increment", new { by = 1 })).Result["structuredContent"]!, "writesPerMinute", "session");
        using var another = await server.Client().OpenAsync();
        Assert.Equal(1, await another.IncrementAsync());
    }

    // A clock that stands still: no minute ends within a test unless it says so.
    private static Task<TestServer> StartAsync(QuotaConfiguration quotas, QuotaConfiguration? session = null, FakeTimeProvider? time = null)
    {
        var configuration = TestConfiguration.With(quotas: quotas);
        return TestServer.StartAsync(new TestServerOptions
        {
            Time = time ?? new FakeTimeProvider(),
            Configuration = configuration with
            {
                Tenants = configuration.Tenants.ToDictionary(
                    tenant => tenant.Key, tenant => tenant.Value with { SessionQuotas = session ?? QuotaConfiguration.None }, StringComparer.Ordinal),
            },
        });
    }

    private static void AssertRefused(RawReply reply, string quota, string scope)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, reply.Status);
        AssertRefused(reply.Error["data"]!, quota, scope);
    }

    private static void AssertRefused(JsonNode details, string quota, string scope) =>
        Assert.Equal(("quota_exceeded", quota, scope), ((string?)details["code"], (string?)details["quota"], (string?)details["scope"]));

    private static async Task<string> ReadHeadAsync(Socket socket)
    {
        var (buffer, text) = (new byte[8192], "");
        while (!text.Contains("}", StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer).InTime("a reply");
            Assert.True(read > 0, "The connection was closed: " + text);
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return text;
    }
}
