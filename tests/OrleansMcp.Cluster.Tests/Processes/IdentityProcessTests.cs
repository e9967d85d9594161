using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Cluster.Tests.Callers;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>The program itself, told by its configuration file whose tokens to take.</summary>
public sealed class IdentityProcessTests : IAsyncLifetime
{
    private const string Metadata = "/.well-known/oauth-protected-resource/mcp";

    private readonly string _file = Path.GetTempFileName();
    private TestIssuer _issuer = null!;
    private ClusterNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync();
        await File.WriteAllTextAsync(_file, Principals.Yaml(_issuer));
        _node = ClusterNode.Alone("--config", _file);
    }

    [Fact]
    public async Task A_client_finds_the_issuer_and_opens_a_session_with_its_token()
    {
        await _node.StartAsync();
        using var nobody = new RawClient(_node.Url, null);
        var refused = (await nobody.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.Unauthorized);
        Assert.Contains($"resource_metadata=\"https://mcp.example.com{Metadata}\"", refused.Headers["WWW-Authenticate"], StringComparison.Ordinal);

        var document = (await nobody.SendAsync(nobody.Request(HttpMethod.Get, request => request.RequestUri = new Uri(_node.Url, Metadata)))).Expect(HttpStatusCode.OK);
        Assert.Equal(Principals.Resource, (string?)document.Json["resource"]);
        Assert.Equal(_issuer.Url, (string?)document.Json["authorization_servers"]![0]);
        Assert.Equal("*", document.Headers["Access-Control-Allow-Origin"]);

        using var session = await new RawClient(_node.Url, _issuer.Token().ToString()).OpenAsync();
        Assert.Equal(1, await session.IncrementAsync());
        var who = JsonNode.Parse(await session.CallTextAsync("whoami"))!;
        Assert.Equal(("acme", "alice", $"{_issuer.Url}#user-1"), ((string?)who["tenant"], (string?)who["client"], (string?)who["subject"]));

        using var stranger = session.As(_issuer.Token(subject: "user-2").ToString());
        (await stranger.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
        using var forged = session.As(_issuer.Token().SignedAsIfBy(SigningKey.Rsa()).ToString());
        (await forged.CallAsync("increment")).Expect(HttpStatusCode.Unauthorized);
        using var elsewhere = session.As(_issuer.Token().With("aud", "api://another").ToString());
        (await elsewhere.CallAsync("increment")).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(2, await session.IncrementAsync());
    }

    [Fact]
    public async Task An_issuer_that_cannot_be_reached_is_a_503_for_its_tokens_and_nothing_for_keys()
    {
        await _issuer.StopAsync();
        await _node.StartAsync();
        using var token = new RawClient(_node.Url, _issuer.Token().ToString());
        var undecided = (await token.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("2", undecided.Headers["Retry-After"]);

        using var session = await new RawClient(_node.Url, TestConfiguration.Alice).OpenAsync();
        Assert.Equal(1, await session.IncrementAsync());

        await _issuer.StartAgainAsync();
        await Eventually.Holds(
            async () => (await token.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Status == HttpStatusCode.OK, "the issuer was found again");
    }

    [Fact]
    public async Task A_silo_that_serves_no_clients_serves_no_metadata()
    {
        await using var silo = ClusterNode.Silo("c1", await Azurite.NewAccountAsync(), Settings.Read.Key, "--config", _file);
        await silo.StartAsync();
        using var client = new RawClient(silo.Url, _issuer.Token().ToString());
        (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.NotFound);
        (await client.SendAsync(client.Request(HttpMethod.Get, request => request.RequestUri = new Uri(silo.Url, Metadata)))).Expect(HttpStatusCode.NotFound);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _issuer.DisposeAsync();
        File.Delete(_file);
    }
}
