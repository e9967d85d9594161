using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Hostile;

namespace OrleansMcp.Tests.Secrets;

/// <summary>Bodies of the secret endpoint: how large, how many, and what becomes of a connection whose body is refused or breaks off.</summary>
public abstract class SecretBodyContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);

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
        Assert.Equal(SecretEndpointContract.Digest(large), await client.CallTextAsync("test_secret_digest", new { name = "large" }));
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
}
