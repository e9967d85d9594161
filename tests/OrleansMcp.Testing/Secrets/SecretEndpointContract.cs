using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Hostile;

namespace OrleansMcp.Tests.Secrets;

/// <summary>PUT and DELETE /mcp/secrets/{name} over real HTTP.</summary>
public abstract class SecretEndpointContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);

    public static TheoryData<string> BadNames { get; } = ["UPPER", "a%20b", "a%2Fb", "%C3%A4", new string('a', 65), "a%0A"];

    [Fact]
    public async Task A_tool_reads_what_the_owner_put()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.Created);
        Assert.Empty(reply.Body);
        Assert.Equal(Digest(s_secret), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
    }

    [Fact]
    public async Task Every_byte_and_every_content_type_is_taken_as_it_comes()
    {
        using var client = await shared.Server.Client().OpenAsync();
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (var type in new[] { "application/octet-stream", "text/plain; charset=utf-16", "application/json", "nonsense" })
        {
            await client.PutSecretAsync("bytes", bytes, request => request.Content!.Headers.TryAddWithoutValidation("Content-Type", type));
            Assert.Equal(Digest(bytes), await client.CallTextAsync("test_secret_digest", new { name = "bytes" }));
        }
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("token", [1, 2, 3]);
        (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.NoContent);
        Assert.Equal(Digest(s_secret), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
    }

    [Fact]
    public async Task Delete_takes_it_back_and_may_be_repeated()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("token", s_secret);
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.NoContent);
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Fact]
    public async Task A_tool_without_its_secret_says_so_with_a_stable_code()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.CallAsync("test_secret_digest", new { name = "missing" })).Expect(HttpStatusCode.OK);
        Assert.True(reply.ToolFailed);
        Assert.Equal("secret_unavailable", (string)reply.Result["structuredContent"]!["code"]!);
        Assert.Equal("missing", (string)reply.Result["structuredContent"]!["secret"]!);
        Assert.StartsWith("secret_unavailable", reply.ToolText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_may_exchange_one_secret_for_another_and_forget_it()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("refresh", s_secret);
        await client.CallTextAsync("test_secret_exchange", new { from = "refresh", to = "access" });
        Assert.Equal(Digest(SHA256.HashData(s_secret)), await client.CallTextAsync("test_secret_digest", new { name = "access" }));
        Assert.Equal("removed", await client.CallTextAsync("test_secret_remove", new { name = "access" }));
        Assert.True((await client.CallAsync("test_secret_digest", new { name = "access" })).ToolFailed);
        var bad = await client.CallAsync("test_secret_exchange", new { from = "refresh", to = "NO NAME" });
        Assert.True(bad.ToolFailed);
    }

    [Fact]
    public async Task The_demo_tool_signs_with_a_secret()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("key", s_secret);
        Assert.Equal(
            Convert.ToHexStringLower(HMACSHA256.HashData(s_secret, "hello"u8)), await client.CallTextAsync("secret_sign", new { secret = "key", text = "hello" }));
    }

    [Fact]
    public async Task Sessions_of_one_client_do_not_share_secrets()
    {
        using var first = await shared.Server.Client().OpenAsync();
        using var second = await shared.Server.Client().OpenAsync();
        await first.PutSecretAsync("token", s_secret);
        Assert.Equal("no", await second.CallTextAsync("test_secret_has", new { name = "token" }));
        await second.DeleteSecretAsync("token");
        Assert.Equal("yes", await first.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Fact]
    public async Task A_principal_and_its_handles_have_secrets_of_their_own()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        var handle = await client.OpenHandleAsync();
        (await client.PutSecretAsync("token", [1])).Expect(HttpStatusCode.Created);
        (await client.PutSecretAsync("token", [1, 2], handle)).Expect(HttpStatusCode.Created);
        Assert.Equal(Digest([1]), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
        Assert.Equal(Digest([1, 2]), await client.CallTextAsync("test_secret_digest", new { name = "token", session = handle }));
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
        Assert.Equal("yes", await client.CallTextAsync("test_secret_has", new { name = "token", session = handle }));

        using var bob = server.Modern(TestConfiguration.Bob);
        (await bob.PutSecretAsync("token", [3], handle)).Expect(HttpStatusCode.NotFound);
        Assert.Equal("no", await bob.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        using var client = await shared.Server.Client().OpenAsync();
        foreach (var reply in new[] { await client.PutSecretAsync(name, s_secret), await client.DeleteSecretAsync(name) })
        {
            reply.Expect(HttpStatusCode.BadRequest);
            Assert.Equal("bad_secret_name", (string)reply.Error["data"]!["code"]!);
        }
    }

    [Fact]
    public async Task Without_a_session_id_only_a_client_that_has_no_sessions_is_served()
    {
        using var client = shared.Server.Client();
        (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.BadRequest);
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.BadRequest);
        client.Version = "2025-11-25";
        (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.BadRequest);
        client.Version = "1999-01-01";
        (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Without_a_valid_credential_it_is_401(string? key)
    {
        using var owner = await shared.Server.Client().OpenAsync();
        using var client = owner.As(key);
        var reply = (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.Unauthorized);
        Assert.StartsWith("Bearer", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal("no", await owner.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Fact]
    public async Task A_foreign_page_is_refused_and_counted()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        (await client.PutSecretAsync("token", s_secret, request => request.Headers.Add("Origin", "http://evil.example"))).Expect(HttpStatusCode.Forbidden);
        (await client.PutSecretAsync("token", s_secret, request => request.Headers.Host = "evil.example")).Expect(HttpStatusCode.Forbidden);
        Assert.Equal(2, server.Signals["origin_rejected"]);
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Fact]
    public async Task A_page_of_an_accepted_origin_may_ask_first()
    {
        using var client = shared.Server.Client(key: null);
        using var request = client.Secret(HttpMethod.Options, "token");
        request.Headers.Add("Origin", "http://localhost:3000");
        request.Headers.Add("Access-Control-Request-Method", "PUT");
        var reply = (await client.SendAsync(request)).Expect(HttpStatusCode.NoContent);
        Assert.Equal("PUT, DELETE", reply.Headers["Access-Control-Allow-Methods"]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task Secrets_are_put_and_deleted_and_nothing_else(string method)
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("token", s_secret);
        using var request = client.Secret(new HttpMethod(method), "token");
        var reply = (await client.SendAsync(request)).Expect(HttpStatusCode.MethodNotAllowed);
        Assert.Equal("PUT, DELETE", reply.Headers["Allow"]);
        Assert.Equal("yes", await client.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Fact]
    public async Task Sizes_and_numbers_have_limits()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(new SessionConfiguration { MaxSecrets = 2, MaxSecretBytes = 100 }),
        });
        using var client = await server.Client().OpenAsync();
        (await client.PutSecretAsync("a", new byte[100])).Expect(HttpStatusCode.Created);
        (await client.PutSecretAsync("a", new byte[101])).Expect(HttpStatusCode.RequestEntityTooLarge);
        (await client.PutSecretAsync("a", new byte[1_000_000])).Expect(HttpStatusCode.RequestEntityTooLarge);
        (await client.PutSecretAsync("a", [])).Expect(HttpStatusCode.BadRequest);
        (await client.PutSecretAsync("b", [1])).Expect(HttpStatusCode.Created);
        var third = (await client.PutSecretAsync("c", [1])).Expect(HttpStatusCode.Conflict);
        Assert.Equal("too_many_secrets", (string)third.Error["data"]!["code"]!);
        (await client.PutSecretAsync("b", [1, 2])).Expect(HttpStatusCode.NoContent);
        (await client.DeleteSecretAsync("a")).Expect(HttpStatusCode.NoContent);
        (await client.PutSecretAsync("c", [1])).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_largest_secret_arrives_whole()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var large = RandomNumberGenerator.GetBytes(new SessionConfiguration().MaxSecretBytes);
        (await client.PutSecretAsync("large", large)).Expect(HttpStatusCode.Created);
        Assert.Equal(Digest(large), await client.CallTextAsync("test_secret_digest", new { name = "large" }));
        (await client.PutSecretAsync("large", [.. large, 0])).Expect(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_secret_of_unannounced_length_is_refused()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PutSecretAsync("token", s_secret, request => request.Headers.TransferEncodingChunked = true);
        reply.Expect(HttpStatusCode.LengthRequired);
        (await client.PutSecretAsync("token", s_secret, request => request.Content!.Headers.ContentEncoding.Add("gzip")))
            .Expect(HttpStatusCode.UnsupportedMediaType);
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Theory]
    [InlineData("token", "Content-Length: 65537", "413")]
    [InlineData("token", "Content-Length: 3000000000", "413")]
    [InlineData("token", "Transfer-Encoding: chunked", "411")]
    [InlineData("TOKEN", "Content-Length: 10", "400")]
    [InlineData("token", "Content-Length: 10\nMcp-Session-Id: again", "404")]
    public async Task What_can_be_refused_by_its_head_is_refused_without_waiting_for_its_body(string name, string header, string status)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await RawSocket.SendAsync(shared.Server.Url, RawSocket.Ascii(
            $"PUT /mcp/secrets/{name} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer {client.Key}\nMcp-Session-Id: {client.SessionId}\n{header}\n\n"));
        Assert.StartsWith($"HTTP/1.1 {status}", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestConfiguration.Bob, "cross_session_attempt")]
    [InlineData(TestConfiguration.Carol, "cross_tenant_attempt")]
    public async Task A_stranger_gets_the_404_of_an_unknown_session_changes_nothing_and_is_counted(string stranger, string signal)
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await server.Client().OpenAsync();
        await owner.PutSecretAsync("token", s_secret);
        using var other = owner.As(stranger);
        using var nobody = owner.As(stranger);
        nobody.SessionId = Isolation.StrangerProbe.NeverIssued;
        foreach (var name in new[] { "token", "new" })
        {
            Assert.Equal((await nobody.PutSecretAsync(name, [9])).Expect(HttpStatusCode.NotFound).Fingerprint, (await other.PutSecretAsync(name, [9])).Fingerprint);
            Assert.Equal((await nobody.DeleteSecretAsync(name)).Expect(HttpStatusCode.NotFound).Fingerprint, (await other.DeleteSecretAsync(name)).Fingerprint);
        }

        // As the MCP endpoint itself would have it.
        Assert.Equal((await other.DeleteAsync()).Fingerprint, (await other.DeleteSecretAsync("token")).Fingerprint);
        await Eventually.Holds(() => server.Signals[signal] >= 6, $"every {signal} was counted");
        Assert.Equal(6, server.Signals[signal]);
        Assert.Equal(4, server.Signals["forged_session_id"]);
        Assert.Equal(Digest(s_secret), await owner.CallTextAsync("test_secret_digest", new { name = "token" }));
        Assert.Equal("no", await owner.CallTextAsync("test_secret_has", new { name = "new" }));
    }

    [Fact]
    public async Task An_ended_session_takes_none()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.DeleteAsync();
        (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.NotFound);
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_body_that_breaks_off_stores_nothing()
    {
        using var client = await shared.Server.Client().OpenAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, shared.Server.Url.Port);
            await socket.GetStream().WriteAsync(RawSocket.Ascii(
                $"PUT /mcp/secrets/token HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer {client.Key}\n"
                + $"Mcp-Session-Id: {client.SessionId}\nContent-Length: 32\n\nhalf of it"));
        }

        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
        Assert.True(await client.IsAliveAsync());
    }

    [Theory]
    [InlineData("token")]
    [InlineData("REFUSED")]
    public async Task Clients_that_vanish_in_the_middle_of_a_secret_are_no_error(string name)
    {
        var errors = new ErrorLog();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Customise = builder => builder.Logging.AddProvider(errors) });
        using var client = await server.Client().OpenAsync();
        var bytes = RawSocket.Ascii(
            $"PUT /mcp/secrets/{name} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer {client.Key}\n"
            + $"Mcp-Session-Id: {client.SessionId}\nContent-Length: 500\n\nthe first part");
        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
            await Wire.SendAsync(server.Url.Port, new HostileRequest("vanishes", bytes, Expectation.BrokenHttp, Farewell.Vanishes)));
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
        await server.StopAsync();
        errors.ExpectNone();
    }

    [Fact]
    public async Task A_connection_goes_on_after_a_refused_secret()
    {
        using var client = await shared.Server.Client().OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            (await client.PutSecretAsync("Bad", new byte[50_000])).Expect(HttpStatusCode.BadRequest);
            (await client.PutSecretAsync("good", new byte[50_000])).Expect(round == 0 ? HttpStatusCode.Created : HttpStatusCode.NoContent);
        }
    }

    internal static string Digest(byte[] secret) => $"{secret.Length} {Convert.ToHexStringLower(SHA256.HashData(secret))}";
}
