using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Server;

namespace OrleansMcp.Tests.Configuration.Upstreams;

/// <summary>The section <c>servers</c>: what it says, and that what cannot be meant is told with its line and key.</summary>
public sealed class ServersSectionTests
{
    private static readonly OfferedNames s_offered = ServerHost.Names();

    [Fact]
    public void A_server_is_its_url_what_of_it_is_offered_and_what_it_is_shown()
    {
        var servers = Read("""
            servers:
              github:
                url: https://mcp.example.com/mcp
                tools: { allow: ["search_*", get_issue] }
                credential: { secret: github, header: X-Token, format: "Token {0}", from: client }
              crm:
                url: https://crm.example.com/mcp
                credential: { exchange: { endpoint: https://login.example.com/token, audience: api://crm, scopes: [crm.read, crm.write] } }
                trust: untrusted
                approve: operator
                openTimeout: 3s
                maxItems: 7
                maxAnswerBytes: 2048
            """).Servers;
        var (github, crm) = (servers["github"], servers["crm"]);
        Assert.Equal("https://mcp.example.com/mcp", github.Url.AbsoluteUri);
        Assert.Equal([true, true, false], new[] { "search_code", "get_issue", "get_issues" }.Select(github.Offers));
        Assert.True(crm.Offers("anything"));
        Assert.Equal(new UpstreamCredential { Secret = "github", Header = "X-Token", Format = "Token {0}", From = SecretOrigin.Client }, github.Credential);
        Assert.Equal((UpstreamTrust.Trusted, UpstreamApproval.FirstUse), (github.Trust, github.Approval));
        Assert.Equal((UpstreamTrust.Untrusted, UpstreamApproval.Operator), (crm.Trust, crm.Approval));
        Assert.Equal((TimeSpan.FromSeconds(3), 7, 2048), (crm.OpenTimeout, crm.MaxItems, crm.MaxAnswerBytes));
        Assert.Equal(
            new TokenExchange { Endpoint = new("https://login.example.com/token"), Audience = "api://crm", Scope = "crm.read crm.write" }, crm.Credential!.Exchange);
    }

    [Fact]
    public void Two_readings_of_the_same_are_the_same_so_that_a_reload_closes_nothing()
    {
        const string Same = "servers: { a: { url: https://a.example, tools: { allow: [x, \"y*\"] }, credential: { secret: s, from: client } } }";
        Assert.Equal(Read(Same).Servers["a"], Read(Same).Servers["a"]);
        Assert.NotEqual(Read(Same).Servers["a"], Read(Same.Replace("y*", "z*", StringComparison.Ordinal)).Servers["a"]);
        Assert.NotEqual(Read(Same).Servers["a"], Read(Same.Replace("secret: s", "secret: t", StringComparison.Ordinal)).Servers["a"]);
    }

    [Theory]
    [InlineData("GitHub: { url: https://a.example }", "servers.GitHub", "a server's name is made of lower-case letters, digits and '-', at most 32, beginning with a letter.")]
    [InlineData("1a: { url: https://a.example }", "servers.1a", "a server's name is made of")]
    [InlineData("a_b: { url: https://a.example }", "servers.a_b", "a server's name is made of")]
    [InlineData("a23456789012345678901234567890123: { url: https://a.example }", "servers.a23456789012345678901234567890123", "a server's name is made of")]
    [InlineData("a: { trust: untrusted }", "servers.a", "needs the key 'url'.")]
    [InlineData("a: { url: http://a.example }", "servers.a.url", "must be an https URL")]
    [InlineData("a: { url: ftp://a.example, private: true }", "servers.a.url", "must be an https URL")]
    [InlineData("a: { url: https://user:word@a.example }", "servers.a.url", "must be an https URL")]
    [InlineData("a: { url: /mcp }", "servers.a.url", "must be an https URL")]
    [InlineData("a: { url: https://a.example, trust: maybe }", "servers.a.trust", "must be trusted or untrusted.")]
    [InlineData("a: { url: https://a.example, approve: never }", "servers.a.approve", "must be firstUse or operator.")]
    [InlineData("a: { url: https://a.example, tool: { allow: [x] } }", "servers.a.tool", "unknown key. Did you mean 'tools'?")]
    [InlineData("a: { url: https://a.example, tools: { allow: [] } }", "servers.a.tools.allow", "must name at least one tool")]
    [InlineData("a: { url: https://a.example, tools: { allow: [a.b, a_b] } }", "servers.a.tools.allow[1]", "would be called a__a_b here, as 'a.b' of this list is.")]
    [InlineData("a: { url: https://a.example, credential: {} }", "servers.a.credential.secret", "needs either 'secret' or 'exchange'.")]
    [InlineData("a: { url: https://a.example, credential: { secret: A B, from: client } }", "servers.a.credential.secret", "a secret's name is made of")]
    [InlineData("a: { url: https://a.example, credential: { secret: s, from: client, format: Bearer } }", "servers.a.credential.format", "must be printable ASCII with {0} once")]
    [InlineData("a: { url: https://a.example, credential: { secret: s, from: client, format: '{0} {0}' } }", "servers.a.credential.format", "must be printable ASCII with {0} once")]
    [InlineData("a: { url: https://a.example, credential: { secret: s, from: client, header: Host } }", "servers.a.credential.header", "must be the name of a header")]
    [InlineData("a: { url: https://a.example, credential: { secret: s, from: client, header: Mcp-Session-Id } }", "servers.a.credential.header", "must be the name of a header")]
    [InlineData("a: { url: https://a.example, credential: { secret: s, from: operator } }", "servers.a.credential.secret", "no client has a secret of this name in its section 'secrets'. Known: github.")]
    [InlineData("a: { url: https://a.example, credential: { secret: githb } }", "servers.a.credential.secret", "no client has a secret of this name. Did you mean 'github'?")]
    [InlineData("a: { url: https://a.example, credential: { exchange: { audience: x } } }", "servers.a.credential.exchange", "needs the key 'endpoint'.")]
    [InlineData("a: { url: https://a.example, credential: { exchange: { endpoint: https://t.example, grant: onBehalfOf } } }", "servers.a.credential.exchange.grant", "the on-behalf-of flow needs 'scopes', 'clientId' and 'clientSecret'.")]
    [InlineData("a: { url: https://a.example, credential: { exchange: { endpoint: https://t.example, clientSecret: { env: S } } } }", "servers.a.credential.exchange.clientSecret", "needs 'clientId'.")]
    [InlineData("a: { url: https://a.example, credential: { exchange: { endpoint: https://t.example }, connect: https://c.example } }", "servers.a.credential.connect", "is about a secret")]
    [InlineData("orleansmcp: { url: https://a.example }\n  records: { url: https://a.example, maxItems: 0 }", "servers.records.maxItems", "must be a whole number from 1 to 10000.")]
    public void What_cannot_be_meant_is_refused_with_its_place(string server, string key, string message)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read(Tenants + $"servers:\n  {server}\n"));
        var error = refused.Errors[^1];
        Assert.Equal(("s.yaml", key), (error.File, error.Key));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(3 + server.Count(static letter => letter == (char)10), error.Line);
    }

    [Fact]
    public void A_secret_that_no_client_has_may_be_meant_for_its_clients_to_put()
    {
        var warning = Assert.Single(Warnings("secret: other"));
        Assert.Equal((3L, "servers.a.credential.secret"), (warning.Line, warning.Key));
        Assert.Empty(Warnings("secret: github"));
        Assert.Empty(Warnings("secret: other, from: client"));
    }

    [Fact]
    public void A_name_that_would_take_over_what_the_host_offers_is_refused()
    {
        var names = new OfferedNames("host", ["crm__find"], [], []);
        foreach (var (server, message) in new[] { ("host", "is the name of this server itself."), ("crm", "cannot be the name of another server: this one has 'crm__find', which would be of it.") })
        {
            var refused = Assert.Throws<ConfigurationException>(
                () => ConfigurationFile.Parse($"servers:\n  {server}: {{ url: https://a.example }}\n", "s.yaml", names));
            Assert.Equal((2L, $"servers.{server}", message), (refused.Errors[0].Line, refused.Errors[0].Key, refused.Errors[0].Message));
        }
    }

    private const string Tenants = "tenants: { acme: { clients: { alice: { permissions: [], secrets: { github: { env: GITHUB } } } } } }\n";

    private static IEnumerable<ConfigurationError> Warnings(string credential) =>
        Read(Tenants + $"servers:\n  a: {{ url: https://a.example, credential: {{ {credential} }} }}\n").Warnings.Where(static one => one.Key.StartsWith("servers", StringComparison.Ordinal));

    private static ServerConfiguration Read(string yaml) => ConfigurationFile.Parse(yaml, "s.yaml", s_offered);
}
