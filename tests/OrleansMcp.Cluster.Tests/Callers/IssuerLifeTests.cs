using System.Net;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Callers;

/// <summary>Issuers change their keys, go away, come back, and are trusted no longer.</summary>
public sealed class IssuerLifeTests
{
    [Fact]
    public async Task A_new_key_of_the_issuer_is_taken_up_and_the_former_one_dropped()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        var former = issuer.Token().ToString();
        await Eventually.Holds(async () => await StatusAsync(server, former) == HttpStatusCode.OK, "the first key was taken up");
        issuer.Rotate(SigningKey.Elliptic());
        var current = issuer.Token().ToString();
        await EverywhereAsync(server, current, HttpStatusCode.OK, "the new key was taken up");
        await EverywhereAsync(server, former, HttpStatusCode.Unauthorized, "the former key was dropped");
    }

    [Fact]
    public async Task A_token_of_an_issuer_that_was_never_reached_is_undecided_and_keys_go_on()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await issuer.StopAsync();
        await using var server = await StartAsync(issuer);
        var token = issuer.Token().ToString();
        using (var client = server.Client(token))
        {
            var reply = (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.ServiceUnavailable);
            Assert.Equal("2", reply.Headers["Retry-After"]);
            Assert.False(reply.Headers.ContainsKey("WWW-Authenticate"));
        }

        using (var key = await server.Client().OpenAsync())
        {
            Assert.Equal(1, await key.IncrementAsync());
        }

        await issuer.StartAgainAsync();
        await EverywhereAsync(server, token, HttpStatusCode.OK, "the issuer was found again");
    }

    [Fact]
    public async Task An_issuer_that_is_down_for_a_while_leaves_its_known_keys_and_lets_no_others_in()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        var token = issuer.Token().ToString();
        await EverywhereAsync(server, token, HttpStatusCode.OK, "the keys were read");
        await issuer.StopAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, issuer.Token().SignedBy(SigningKey.Rsa()).ToString()));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, issuer.Token().SignedAsIfBy(SigningKey.Rsa()).ToString()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
    }

    [Fact]
    public async Task An_issuer_that_fails_is_not_asked_once_for_every_token()
    {
        await using var issuer = await TestIssuer.StartAsync();
        issuer.IsBroken = true;
        await using var server = await StartAsync(issuer);
        using var client = server.Client(issuer.Token().ToString());
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.PostAsync(Rpc.Initialize(1, "2025-11-25"))));
        Assert.All(replies, reply => reply.Expect(HttpStatusCode.ServiceUnavailable));
        Assert.InRange(issuer.Discoveries, 1, 10); // the library repeats a failed reading on its own
    }

    [Fact]
    public async Task Metadata_of_another_issuer_is_not_believed()
    {
        await using var issuer = await TestIssuer.StartAsync();
        issuer.ClaimsToBe = "https://login.example.com";
        await using var server = await StartAsync(issuer);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(server, issuer.Token().ToString()));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, issuer.Token().With("iss", issuer.ClaimsToBe).ToString()));
    }

    [Fact]
    public async Task A_changed_configuration_is_in_force_at_once()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        var source = (TestConfigurationSource)server.World.Configuration;
        var (token, bob) = (issuer.Token().ToString(), issuer.Token(Principals.Bob).ToString());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
        var trusted = source.Current;

        source.Current = trusted with { Identity = new() };
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, token));

        source.Current = Principals.Configuration(issuer, audience: "api://renamed");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, issuer.Token().With("aud", "api://renamed").ToString()));

        source.Current = trusted with { Tenants = Only(trusted, "alice") };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, bob));
    }

    private static Dictionary<string, TenantConfiguration> Only(ServerConfiguration configuration, string client) => new(StringComparer.Ordinal)
    {
        ["acme"] = new()
        {
            Id = "acme",
            Clients = new Dictionary<string, ClientConfiguration>(StringComparer.Ordinal) { [client] = configuration.FindClient("acme", client)! },
        },
    };

    private static Task<TestServer> StartAsync(TestIssuer issuer) =>
        TestServer.StartAsync(new TestServerOptions { Configuration = Principals.Configuration(issuer) });

    // Each gateway has its own view of an issuer.
    private static async Task EverywhereAsync(TestServer server, string token, HttpStatusCode status, string what)
    {
        foreach (var url in server.Urls)
        {
            await Eventually.Holds(async () => await StatusAsync(url, token) == status, what);
        }
    }

    private static Task<HttpStatusCode> StatusAsync(TestServer server, string token) => StatusAsync(server.Url, token);

    private static async Task<HttpStatusCode> StatusAsync(Uri url, string token)
    {
        using var client = new RawClient(url, token);
        return (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Status;
    }
}
