using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Isolation;

namespace OrleansMcp.Cluster.Tests.Callers;

/// <summary>A good token names a caller, and the same one whenever it is refreshed.</summary>
public sealed class TokenTests(IdentityServer shared) : IClassFixture<IdentityServer>
{
    [Fact]
    public async Task The_caller_is_whom_the_claims_and_the_configuration_name()
    {
        using var session = await shared.Client(shared.Issuer.Token()).OpenAsync();
        var who = JsonNode.Parse(await session.CallTextAsync("whoami"))!;
        Assert.Equal(("acme", "alice"), ((string?)who["tenant"], (string?)who["client"]));
        Assert.Equal($"{shared.Issuer.Url}#user-1", (string?)who["subject"]);
    }

    [Fact]
    public async Task Each_issuer_names_them_by_claims_of_its_own()
    {
        var token = shared.Other.Token(tenant: Principals.Acme, scopes: null)
            .With("aud", Principals.Resource).With("client", "carol").With("user", "Ünal").With("roles", new JsonArray("mcp:tools"));
        using var session = await shared.Client(token).OpenAsync();
        var who = JsonNode.Parse(await session.CallTextAsync("whoami"))!;
        Assert.Equal(("globex", "carol"), ((string?)who["tenant"], (string?)who["client"]));
        Assert.Equal($"{shared.Other.Url}#Ünal", (string?)who["subject"]);
    }

    [Fact]
    public async Task Tools_see_roles_and_the_claims_that_the_configuration_lists()
    {
        var token = shared.Issuer.Token().With("roles", new JsonArray("admin", "auditor")).With("department", 7).With("email", "alice@example.com");
        using var session = await shared.Client(token).OpenAsync();
        Assert.Equal("roles=admin roles=auditor department=7 (admin)", await session.CallTextAsync("test_claims"));
        using var refreshed = session.As(shared.Issuer.Token().ToString());
        Assert.Equal("", await refreshed.CallTextAsync("test_claims"));

        var other = shared.Other.Token(tenant: Principals.Acme, scopes: null)
            .With("aud", Principals.Resource).With("client", "carol").With("user", "u").With("roles", "mcp:tools").With("groups", new JsonArray("admin"));
        using var modern = shared.Server.Modern(other.ToString());
        Assert.Equal("roles=admin (admin)", await modern.CallTextAsync("test_claims"));
    }

    [Fact]
    public async Task A_token_with_more_claims_than_a_call_carries_is_refused_and_not_cut_short()
    {
        var most = new JsonArray([.. Enumerable.Range(0, IssuerConfiguration.MaxClaims).Select(static number => JsonValue.Create($"role-{number}"))]);
        using var session = await shared.Client(shared.Issuer.Token().With("roles", most.DeepClone())).OpenAsync();
        most.Add("one more");
        await Refused.ExpectAsync(shared.Server, shared.Issuer.Token().With("roles", most).ToString());
        await Refused.ExpectAsync(shared.Server, shared.Issuer.Token().With("department", new string('d', IssuerConfiguration.MaxClaimLength + 1)).ToString());
    }

    [Fact]
    public async Task A_refreshed_token_is_the_same_owner_whatever_its_scopes()
    {
        using var session = await shared.Client(shared.Issuer.Token()).OpenAsync();
        Assert.Equal(1, await session.IncrementAsync());
        using var refreshed = session.As(shared.Issuer.Token(scopes: "mcp:tools").With("exp", TestToken.Now(7200)).ToString());
        Assert.Equal(2, await refreshed.IncrementAsync());
        using var readOnly = session.As(shared.Issuer.Token(scopes: "mcp:read").ToString());
        (await readOnly.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK);
        (await readOnly.DeleteAsync()).Expect(HttpStatusCode.OK);
        Assert.False(await session.IsAliveAsync());
    }

    [Fact]
    public async Task Nor_do_scopes_make_another_principal_where_there_are_no_sessions()
    {
        var subject = Guid.NewGuid().ToString("n");
        using var first = shared.Server.Modern(shared.Issuer.Token(subject: subject).ToString());
        using var second = shared.Server.Modern(shared.Issuer.Token(subject: subject, scopes: "mcp:tools").ToString());
        Assert.Equal(1, await first.IncrementAsync());
        Assert.Equal(2, await second.IncrementAsync());
    }

    [Theory]
    [InlineData(Principals.Bob, Principals.Acme, "user-1")]
    [InlineData(Principals.Carol, Principals.Globex, "user-1")]
    [InlineData(Principals.Alice, Principals.Acme, "user-2")]
    public async Task A_token_of_another_client_tenant_or_subject_is_a_strangers(string client, string tenant, string subject)
    {
        using var owner = await shared.Client(shared.Issuer.Token()).OpenAsync();
        Assert.Equal(1, await owner.IncrementAsync());
        using var probe = new StrangerProbe(owner, shared.Issuer.Token(client, tenant, subject).ToString());
        await probe.TryEverythingAsync();
        Assert.Equal(2, await owner.IncrementAsync());
    }

    [Fact]
    public async Task The_subject_of_one_issuer_is_not_that_of_another()
    {
        using var owner = await shared.Client(shared.Issuer.Token(Principals.Carol, Principals.Globex)).OpenAsync();
        var same = shared.Other.Token().With("aud", Principals.Resource).With("client", "carol").With("user", "user-1")
            .With("roles", Principals.AllScopes);
        using var probe = new StrangerProbe(owner, same.ToString());
        await probe.TryEverythingAsync();
        Assert.True(await owner.IsAliveAsync());
    }

    [Fact]
    public async Task A_user_who_is_called_as_the_client_is_not_the_holder_of_its_key()
    {
        using var owner = await shared.Server.Client(TestConfiguration.Alice).OpenAsync();
        using var probe = new StrangerProbe(owner, shared.Issuer.Token(subject: "alice").ToString());
        await probe.TryEverythingAsync();
        Assert.True(await owner.IsAliveAsync());
    }

    [Fact]
    public async Task Keys_go_on_beside_tokens()
    {
        using var session = await shared.Server.Client(TestConfiguration.Alice).OpenAsync();
        Assert.Equal(1, await session.IncrementAsync());
        var who = JsonNode.Parse(await session.CallTextAsync("whoami"))!;
        Assert.Equal(("acme", "alice", "alice"), ((string?)who["tenant"], (string?)who["client"], (string?)who["subject"]));
        await Refused.ExpectAsync(shared.Server, "not-a-key");
    }
}
