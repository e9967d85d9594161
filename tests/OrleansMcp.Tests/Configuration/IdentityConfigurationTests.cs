using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Configuration;

/// <summary>The section <c>identity</c> and the scopes of client registrations.</summary>
public sealed class IdentityConfigurationTests
{
    private const string Tenants = "tenants: { acme: { clients: { alice: { permissions: [] } } }, globex: {} }\n";

    [Fact]
    public void A_complete_section_is_read()
    {
        var identity = Parse("""
            identity:
              resource: https://mcp.example.com/mcp
              authorizationServers: [https://login.example.com/authorize]
              scopes: { "mcp:read": [tools/list, resources/*], "mcp:tools": [tools/*] }
              scopesSupported: [mcp:read, mcp:tools, offline_access]
              initialScopes: [mcp:read]
              issuers:
                - issuer: https://login.example.com/one/v2.0
                  metadata: https://login.example.com/one/.well-known/openid-configuration
                  audiences: [api://orleansmcp]
                  tenantClaim: org
                  tenants: { "0001": acme, "0002": globex }
                  clientClaims: [appid]
                  clients: { "1001": alice }
                  subjectClaim: oid
                  scopeClaims: [scp, roles]
                - { issuer: "https://login.example.com/two/", tenant: globex }
            """).Identity;
        Assert.Equal("https://mcp.example.com/mcp", identity.Resource!.OriginalString);
        Assert.Equal(["https://login.example.com/authorize"], identity.AuthorizationServers);
        Assert.Equal(["mcp:read", "mcp:tools", "offline_access"], identity.ScopesSupported);
        Assert.Equal(["mcp:read"], identity.InitialScopes);

        var one = identity.Issuers[0];
        Assert.Equal("https://login.example.com/one/.well-known/openid-configuration", one.Metadata.AbsoluteUri);
        Assert.Equal(["api://orleansmcp"], one.Audiences);
        Assert.Equal(("org", "oid", null), (one.TenantClaim, one.SubjectClaim, one.Tenant));
        Assert.Equal(["appid"], one.ClientClaims);
        Assert.Equal(["scp", "roles"], one.ScopeClaims);
        Assert.Equal(("acme", "alice"), (one.Tenants!["0001"], one.Clients!["1001"]));

        var two = identity.Issuers[1];
        Assert.Equal(("https://login.example.com/two/", "globex"), (two.Issuer, two.Tenant));
        Assert.Equal("https://login.example.com/two/.well-known/openid-configuration", two.Metadata.AbsoluteUri);
    }

    [Fact]
    public void What_is_not_said_is_what_most_issuers_do()
    {
        var identity = Parse("""
            identity:
              resource: https://mcp.example.com/mcp
              scopes: { "mcp:read": [tools/list] }
              issuers: [{ issuer: "https://login.example.com" }]
            """).Identity;
        var issuer = identity.Issuers.Single();
        Assert.Equal(["https://mcp.example.com/mcp"], issuer.Audiences);
        Assert.Equal(("tid", "sub"), (issuer.TenantClaim, issuer.SubjectClaim));
        Assert.Equal(["azp", "appid", "client_id"], issuer.ClientClaims);
        Assert.Equal(["scope", "scp"], issuer.ScopeClaims);
        Assert.Equal((null, null, null), (issuer.Tenant, issuer.Tenants, issuer.Clients));
        Assert.Equal(["https://login.example.com"], identity.AuthorizationServers);
        Assert.Equal(["mcp:read"], identity.ScopesSupported);
        Assert.Equal(["mcp:read"], identity.InitialScopes);
    }

    [Fact]
    public void Clients_are_told_the_names_by_which_they_ask()
    {
        var identity = Parse("identity: { scopePrefix: \"api://app/\", scopes: { Mcp.Read: [tools/list] } }").Identity;
        Assert.Equal(["Mcp.Read"], identity.Scopes.Names);
        Assert.Equal(["api://app/Mcp.Read"], identity.ScopesSupported);
        Assert.Equal(["api://app/Mcp.Read"], identity.InitialScopes);
    }

    [Fact]
    public void Without_the_section_nobody_is_trusted_and_no_scope_is_needed()
    {
        var configuration = Parse("");
        Assert.Empty(configuration.Identity.Issuers);
        Assert.Empty(configuration.Identity.Scopes.Granting("tools/call"));
        Assert.Null(configuration.FindClient("acme", "alice")!.Scopes);
    }

    [Theory]
    [InlineData("tools/list", "read", "tools")]
    [InlineData("tools/call", "tools")]
    [InlineData("resources/templates/list", "read")]
    [InlineData("resources/subscribe", "read")]
    [InlineData("initialize")]
    [InlineData("prompts/list")]
    [InlineData("tools")]
    [InlineData("Tools/call")]
    public void A_method_is_granted_by_the_scopes_that_name_it_or_its_family(string method, params string[] scopes)
    {
        var configuration = Parse("identity: { scopes: { read: [tools/list, resources/*], tools: [tools/*] } }");
        Assert.Equal(scopes, configuration.Identity.Scopes.Granting(method));
    }

    [Fact]
    public void A_registration_names_what_it_grants_at_most()
    {
        const string Scopes = "identity: { scopes: { read: [tools/list], tools: [tools/*] } }\n";
        Assert.Equal(["read"], Scoped("[read]"));
        Assert.Equal([], Scoped("[]"));

        static IReadOnlySet<string>? Scoped(string list) => ConfigurationFile
            .Parse(Scopes + $"tenants: {{ a: {{ clients: {{ b: {{ permissions: [], scopes: {list} }} }} }} }}", "good.yaml").FindClient("a", "b")!.Scopes;
    }

    [Theory]
    [InlineData("identity: 1", 2, "identity")]
    [InlineData("identity:\n  resorce: https://a/mcp", 3, "identity.resorce")]
    [InlineData("identity:\n  resource: http://a.example/mcp", 3, "identity.resource")]
    [InlineData("identity:\n  resource: https://a/mcp#x", 3, "identity.resource")]
    [InlineData("identity:\n  resource: https://a/mcp?x", 3, "identity.resource")]
    [InlineData("identity:\n  resource: https://a:b@c/mcp", 3, "identity.resource")]
    [InlineData("identity:\n  issuers:\n    - issuer: https://a", 3, "identity")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - tenant: acme", 5, "identity.issuers[0]")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: http://login.example.com", 5, "identity.issuers[0].issuer")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: https://b\n    - issuer: https://b", 6, "identity.issuers[1]")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: https://b\n      audience: c", 6, "identity.issuers[0].audience")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: https://b\n      tenant: initech", 6, "identity.issuers[0].tenant")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: https://b\n      tenants: { x: initech }", 6, "identity.issuers[0].tenants.x")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: https://b\n      clients: { x: mallory }", 6, "identity.issuers[0].clients.x")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: https://b\n      tenant: acme\n      tenants: { x: acme }", 5, "identity.issuers[0].tenant")]
    [InlineData("identity:\n  resource: https://a\n  issuers:\n    - issuer: https://b\n      claims: [email, client_id]", 6, "identity.issuers[0].claims[1]")]
    [InlineData("identity:\n  scopes:\n    read: [tool/list]", 4, "identity.scopes.read[0]")]
    [InlineData("identity:\n  scopes:\n    read: ['*']", 4, "identity.scopes.read[0]")]
    [InlineData("identity:\n  scopes:\n    'a b': [tools/list]", 4, "identity.scopes.a b")]
    [InlineData("identity:\n  scopes:\n    'a\"b': [tools/list]", 4, "identity.scopes.a\"b")]
    [InlineData("identity:\n  initialScopes: [read]", 3, "identity.initialScopes[0]")]
    public void A_mistake_names_its_line_and_key(string yaml, int line, string key)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(Tenants + yaml, "bad.yaml")).Errors);
        Assert.Equal(("bad.yaml", (long)line, key), (error.File, error.Line, error.Key));
    }

    [Fact]
    public void A_registration_cannot_name_a_scope_that_means_nothing()
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(
            "tenants:\n  a:\n    clients:\n      b:\n        scopes: [read]\n        permissions: []\n", "bad.yaml")).Errors);
        Assert.Equal((5L, "tenants.a.clients.b.scopes[0]"), (error.Line, error.Key));
    }

    private static ServerConfiguration Parse(string yaml) => ConfigurationFile.Parse(Tenants + yaml, "good.yaml");
}
