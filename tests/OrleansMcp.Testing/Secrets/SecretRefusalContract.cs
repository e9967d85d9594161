using System.Net;
using System.Security.Cryptography;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Secrets;

/// <summary>Requests that the secret endpoint refuses: for the name, the credential, the page that sends them, the method, or the session.</summary>
public abstract class SecretRefusalContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);

    public static TheoryData<string> BadNames { get; } = ["UPPER", "a%20b", "a%2Fb", "%C3%A4", new string('a', 65), "a%0A"];

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
        Assert.Equal(SecretEndpointContract.Digest(s_secret), await owner.CallTextAsync("test_secret_digest", new { name = "token" }));
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
}
