using System.Net;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>A key reaches as far as its client's registration, wherever nobody but keys is known.</summary>
public sealed class KeyScopeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_request_beyond_the_registration_is_403_with_the_scope_it_needs()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = Scoped() });
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        (await bob.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
        var reply = (await bob.CallAsync("increment", id: 7)).Expect(HttpStatusCode.Forbidden);
        Assert.Equal("Bearer realm=\"OrleansMcp\", error=\"insufficient_scope\", scope=\"read call\"", reply.Headers["WWW-Authenticate"]);
        Assert.Equal(7, (int)reply.Json["id"]!);
        using var alice = await server.Client().OpenAsync();
        Assert.Equal(1, await alice.IncrementAsync());
    }

    [Theory]
    [InlineData(null, "Bearer realm=\"OrleansMcp\"")]
    [InlineData("wrong", "Bearer realm=\"OrleansMcp\", error=\"invalid_token\"")]
    [InlineData("looks.like.token", "Bearer realm=\"OrleansMcp\", error=\"invalid_token\"")]
    public async Task The_challenge_names_an_error_only_if_there_was_a_credential(string? key, string challenge)
    {
        using var client = shared.Server.Client(key);
        var reply = (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(challenge, reply.Headers["WWW-Authenticate"]);
    }

    /// <summary>The registration of bob grants lists alone.</summary>
    private static ServerConfiguration Scoped()
    {
        var all = TestConfiguration.With();
        var acme = all.Tenants["acme"];
        var bob = acme.Clients["bob"] with { Scopes = new HashSet<string>(StringComparer.Ordinal) { "read" } };
        return all with
        {
            Identity = new() { Scopes = new ScopeConfiguration([new("read", ["tools/list"]), new("call", ["tools/*"])]) },
            Tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal)
            {
                ["acme"] = acme with { Clients = new Dictionary<string, ClientConfiguration>(acme.Clients, StringComparer.Ordinal) { ["bob"] = bob } },
            },
        };
    }
}
