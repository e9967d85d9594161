using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Callers;

/// <summary>How a client without a token finds out where to get one (RFC 9728).</summary>
public sealed class MetadataTests(IdentityServer shared) : IClassFixture<IdentityServer>
{
    private const string Root = "/.well-known/oauth-protected-resource";

    [Theory]
    [InlineData(Root)]
    [InlineData(Root + "/mcp")]
    public async Task The_metadata_describes_the_resource(string path)
    {
        var reply = (await SendAsync(HttpMethod.Get, path)).Expect(HttpStatusCode.OK);
        Assert.StartsWith("application/json", reply.ContentType, StringComparison.Ordinal);
        Assert.Equal(Principals.Resource, (string?)reply.Json["resource"]);
        Assert.Equal([shared.Issuer.Url, shared.Other.Url], Texts(reply, "authorization_servers"));
        Assert.Equal(["mcp:read", "mcp:tools"], Texts(reply, "scopes_supported"));
        Assert.Equal(["header"], Texts(reply, "bearer_methods_supported"));
    }

    [Theory]
    [InlineData("GET", Root + "/other")]
    [InlineData("GET", Root + "/mcp/secrets")]
    [InlineData("GET", Root + "s")]
    [InlineData("POST", Root)]
    [InlineData("DELETE", Root + "/mcp")]
    public async Task Nothing_else_is_there(string method, string path) =>
        (await SendAsync(new HttpMethod(method), path)).Expect(HttpStatusCode.NotFound);

    [Fact]
    public async Task What_a_proxy_or_a_client_says_of_its_host_changes_no_document()
    {
        var reply = await SendAsync(HttpMethod.Get, Root + "/mcp", request =>
        {
            request.Headers.Host = "evil.example.com";
            request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example.com");
        });
        Assert.DoesNotContain("evil", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_every_origin_may_read_it()
    {
        var preflight = (await SendAsync(HttpMethod.Options, Root + "/mcp", request =>
        {
            request.Headers.TryAddWithoutValidation("Origin", "https://inspector.example.com");
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "GET");
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "mcp-protocol-version");
        })).Expect(HttpStatusCode.NoContent);
        Assert.Equal("*", preflight.Headers["Access-Control-Allow-Headers"]);
        var reply = await SendAsync(HttpMethod.Get, Root, request => request.Headers.TryAddWithoutValidation("Origin", "https://inspector.example.com"));
        Assert.Equal("*", reply.Headers["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task A_client_without_a_credential_is_led_to_it()
    {
        using var client = shared.Server.Client(null);
        var reply = (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(
            $"Bearer realm=\"OrleansMcp\", scope=\"mcp:read\", resource_metadata=\"https://mcp.example.com{Root}/mcp\"",
            reply.Headers["WWW-Authenticate"]);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("a.b.c")]
    public async Task A_client_with_a_bad_one_hears_so(string credential)
    {
        using var client = shared.Server.Client(credential);
        var reply = (await client.GetAsync()).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(
            $"Bearer realm=\"OrleansMcp\", error=\"invalid_token\", scope=\"mcp:read\", resource_metadata=\"https://mcp.example.com{Root}/mcp\"",
            reply.Headers["WWW-Authenticate"]);
    }

    private static string[] Texts(RawReply reply, string name) => [.. reply.Json[name]!.AsArray().Select(node => (string)node!)];

    private async Task<RawReply> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        using var client = shared.Server.Client(null);
        return await client.SendAsync(client.Request(method, request =>
        {
            request.RequestUri = new Uri(client.Url, path);
            change?.Invoke(request);
        }));
    }
}

/// <summary>A server that trusts no issuer.</summary>
public sealed class NoIssuerTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task There_is_no_metadata_and_the_challenge_names_none()
    {
        using var client = shared.Server.Client("a.b.c");
        var reply = (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer realm=\"OrleansMcp\", error=\"invalid_token\"", reply.Headers["WWW-Authenticate"]);
        client.Url = new Uri(client.Url, "/.well-known/oauth-protected-resource");
        (await client.GetAsync()).Expect(HttpStatusCode.NotFound);
    }
}
