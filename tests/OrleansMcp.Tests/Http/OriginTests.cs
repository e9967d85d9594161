using System.Net;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>DNS rebinding: a web page must not reach the server through a browser on the same machine.</summary>
public sealed class OriginTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://127.0.0.1.evil.example")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("null")]
    [InlineData("not an origin")]
    [InlineData("http://127.0.0.1@evil.example")]
    [InlineData("file://")]
    public async Task A_bad_origin_with_a_good_host_is_forbidden(string origin)
    {
        using var client = shared.Server.Client();
        var reply = await client.PostAsync(
            Rpc.Initialize(1, "2025-11-25"), request => request.Headers.TryAddWithoutValidation("Origin", origin));
        reply.Expect(HttpStatusCode.Forbidden);
        Assert.NotNull(reply.Error["code"]);
        Assert.Null(reply.SessionId);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task A_bad_origin_is_forbidden_with_every_method(string method)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.SendAsync(client.Request(new HttpMethod(method), request =>
        {
            request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
            request.Headers.TryAddWithoutValidation("Origin", "http://evil.example");
        }));
        reply.Expect(HttpStatusCode.Forbidden);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task A_bad_origin_is_forbidden_for_clients_without_sessions_too()
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync(
            "server/discover", change: request => request.Headers.TryAddWithoutValidation("Origin", "http://evil.example"));
        reply.Expect(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("http://localhost:3000")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080")]
    public async Task A_loopback_origin_is_accepted(string origin)
    {
        using var client = shared.Server.Client();
        var reply = await client.PostAsync(
            Rpc.Initialize(1, "2025-11-25"), request => request.Headers.TryAddWithoutValidation("Origin", origin));
        reply.Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example:80")]
    public async Task A_bad_host_is_forbidden(string host)
    {
        using var client = shared.Server.Client();
        var before = shared.Server.Signals["origin_rejected"];
        var reply = await client.PostAsync(Rpc.Initialize(1, "2025-11-25"), request => request.Headers.Host = host);
        reply.Expect(HttpStatusCode.Forbidden);
        await Eventually.Holds(() => shared.Server.Signals["origin_rejected"] > before, "origin_rejected was counted");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:1234")]
    [InlineData("[::1]:1234")]
    public async Task A_loopback_host_is_accepted(string host)
    {
        using var client = shared.Server.Client();
        (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"), request => request.Headers.Host = host)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Configured_hosts_and_origins_are_accepted_and_their_neighbours_are_not()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(endpoint: new EndpointConfiguration
            {
                AllowedHosts = ["mcp.example.com"],
                AllowedOrigins = ["https://app.example.com"],
            }),
        });
        using var client = server.Client();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("mcp.example.com", "https://app.example.com"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("mcp.example.com", "https://evil.example.com"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("mcp.example.com", "http://app.example.com"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("other.example.com", "https://app.example.com"));

        async Task<HttpStatusCode> StatusAsync(string host, string origin) =>
            (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"), request =>
            {
                request.Headers.Host = host;
                request.Headers.TryAddWithoutValidation("Origin", origin);
            })).Status;
    }
}
