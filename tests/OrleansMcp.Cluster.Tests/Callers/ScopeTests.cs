using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Callers;

/// <summary>Scopes take away from what a registration grants, and the client hears what it lacks (2025-11-25, Scope Challenge Handling).</summary>
public sealed class ScopeTests(IdentityServer shared) : IClassFixture<IdentityServer>
{
    private const string Metadata = "resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource/mcp\"";

    [Fact]
    public async Task A_call_without_its_scope_is_challenged_and_has_no_effect()
    {
        using var full = await shared.Client(shared.Issuer.Token()).OpenAsync();
        using var reader = full.As(shared.Issuer.Token(scopes: "mcp:read").ToString());
        var reply = await reader.CallAsync("increment", id: 77);
        ExpectChallenge(reply, "mcp:read mcp:tools");
        Assert.Equal(77, (int)reply.Json["id"]!);
        Assert.Equal(1, await full.IncrementAsync());
    }

    [Fact]
    public async Task A_stronger_token_goes_on_where_the_weaker_one_was_stopped()
    {
        using var weak = await shared.Client(shared.Issuer.Token(scopes: "mcp:read")).OpenAsync();
        ExpectChallenge(await weak.CallAsync("increment"), "mcp:read mcp:tools");
        using var strong = weak.As(shared.Issuer.Token().ToString());
        Assert.Equal(1, await strong.IncrementAsync());
    }

    [Fact]
    public async Task A_token_without_scopes_opens_a_session_and_may_nothing_that_needs_one()
    {
        using var client = await shared.Client(shared.Issuer.Token(scopes: null)).OpenAsync();
        Assert.True(await client.IsAliveAsync());
        ExpectChallenge(await client.PostAsync(Rpc.Request(1, "tools/list")), "mcp:read");
        ExpectChallenge(await client.CallAsync("echo", new { text = "x" }), "mcp:tools");
    }

    [Fact]
    public async Task One_of_several_scopes_that_grant_a_method_is_enough()
    {
        using var client = await shared.Client(shared.Issuer.Token(scopes: "mcp:tools")).OpenAsync();
        (await client.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
        ExpectChallenge(await client.PostAsync(Rpc.Request(1, "resources/list")), "mcp:read mcp:tools");
    }

    [Theory]
    [InlineData("mcp:read mcp:tools admin *")]
    [InlineData("mcp:tools")]
    [InlineData("*")]
    [InlineData("mcp:*")]
    public async Task A_token_never_widens_what_the_registration_grants(string scopes)
    {
        using var client = await shared.Client(shared.Issuer.Token(Principals.Reader, scopes: scopes)).OpenAsync();
        (await client.CallAsync("increment")).Expect(HttpStatusCode.Forbidden);
        var list = await client.PostAsync(Rpc.Request(1, "tools/list"));
        Assert.Equal(scopes.Contains("mcp:read", StringComparison.Ordinal), list.Status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("MCP:TOOLS")]
    [InlineData("mcp:tools2")]
    [InlineData("mcp:tool")]
    [InlineData("mcp:read,mcp:tools")]
    public async Task Scopes_are_compared_exactly(string scopes)
    {
        using var client = await shared.Client(shared.Issuer.Token(scopes: scopes)).OpenAsync();
        ExpectChallenge(await client.CallAsync("increment"), "mcp:tools");
    }

    [Fact]
    public async Task Scopes_come_as_a_list_too()
    {
        using var client = await shared.Client(shared.Issuer.Token(scopes: null).With("scope", new JsonArray("mcp:read", "mcp:tools"))).OpenAsync();
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_key_carries_what_its_registration_grants()
    {
        using var reader = await shared.Server.Client(Principals.ReaderKey).OpenAsync();
        (await reader.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
        ExpectChallenge(await reader.CallAsync("increment"), "mcp:read mcp:tools");
        using var alice = await shared.Server.Client(TestConfiguration.Alice).OpenAsync();
        Assert.Equal(1, await alice.IncrementAsync());
    }

    [Fact]
    public async Task A_batch_goes_through_whole_or_not_at_all()
    {
        using var full = await shared.Client(shared.Issuer.Token()).OpenAsync("2025-03-26");
        using var reader = full.As(shared.Issuer.Token(scopes: "mcp:read").ToString());
        ExpectChallenge(await reader.PostAsync(Rpc.Batch(Rpc.Request(1, "ping"), Rpc.Call(2, "increment"))), "mcp:read mcp:tools");
        Assert.Equal(1, await full.IncrementAsync());
    }

    [Fact]
    public async Task The_era_without_sessions_is_judged_alike()
    {
        using var client = shared.Server.Modern(shared.Issuer.Token(subject: "modern", scopes: "mcp:read").ToString());
        (await client.SendAsync("server/discover")).Expect(HttpStatusCode.OK);
        (await client.SendAsync("tools/list")).Expect(HttpStatusCode.OK);
        ExpectChallenge(await client.CallAsync("increment"), "mcp:read mcp:tools");
    }

    [Fact]
    public async Task A_secret_is_given_with_a_scope_only()
    {
        using var full = await shared.Client(shared.Issuer.Token()).OpenAsync();
        using var reader = full.As(shared.Issuer.Token(scopes: "mcp:read").ToString());
        ExpectChallenge(await reader.SendAsync(Put(reader)), "mcp:read mcp:tools");
        (await full.SendAsync(Put(full))).Expect(HttpStatusCode.Created);

        static HttpRequestMessage Put(RawClient client) => client.Request(HttpMethod.Put, request =>
        {
            request.RequestUri = new Uri(client.Url, "/mcp/secrets/token");
            request.Content = new ByteArrayContent([1, 2, 3]);
        });
    }

    [Fact]
    public async Task Where_clients_ask_for_scopes_by_a_longer_name_the_challenge_uses_it()
    {
        var source = (TestConfigurationSource)shared.Server.World.Configuration;
        var former = source.Current;
        source.Current = former with { Identity = former.Identity with { ScopePrefix = "api://orleansmcp/" } };
        using var client = await shared.Client(shared.Issuer.Token(scopes: "mcp:read")).OpenAsync();
        var reply = await client.CallAsync("increment");
        source.Current = former;
        ExpectChallenge(reply, "api://orleansmcp/mcp:read api://orleansmcp/mcp:tools");
    }

    [Fact]
    public async Task The_challenge_tells_a_stranger_nothing_about_a_session()
    {
        using var owner = await shared.Client(shared.Issuer.Token()).OpenAsync();
        using var stranger = owner.As(shared.Issuer.Token(Principals.Bob, scopes: "mcp:read").ToString());
        using var nobody = owner.As(stranger.Key);
        nobody.SessionId = OrleansMcp.Tests.Isolation.StrangerProbe.NeverIssued;
        Assert.Equal((await nobody.CallAsync("increment", id: 1)).Fingerprint, (await stranger.CallAsync("increment", id: 1)).Fingerprint);
    }

    private static void ExpectChallenge(RawReply reply, string scopes)
    {
        reply.Expect(HttpStatusCode.Forbidden);
        Assert.Equal($"Bearer realm=\"OrleansMcp\", error=\"insufficient_scope\", scope=\"{scopes}\", {Metadata}", reply.Headers["WWW-Authenticate"]);
    }
}
