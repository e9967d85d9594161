using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    private const string Hash = "c3fe0b469a6d4f19a25fbec114762d2186aa2c22888f52c5550a77fc104bcff3";

    [Fact]
    public void A_complete_file_is_read()
    {
        var configuration = ConfigurationFile.Parse($$"""
            endpoint: { allowedHosts: [mcp.example.com], allowedOrigins: ["https://app.example.com"], maxBodyBytes: 2048, keepAlive: 20s }
            sessions: { idleTimeout: 5m, lifetime: 2h, passivateAfter: 30s, maxStateBytes: 4096, inputTimeout: 1m, maxSecrets: 3, maxSecretBytes: 512 }
            tenants:
              acme:
                clients:
                  alice:
                    keys: [{ sha256: {{Hash}}, demo: true }]
                    permissions: ["tool:records_*", tool:echo, "records:orders:read"]
                    quotas: { sessions: 7, callsPerMinute: 9 }
            operators: [{ id: olga, sha256: {{Hash.Replace('c', 'd')}} }]
            """, "good.yaml");
        Assert.Equal(["mcp.example.com"], configuration.Endpoint.AllowedHosts);
        Assert.Equal(TimeSpan.FromMinutes(5), configuration.Sessions.IdleTimeout);
        Assert.Equal((3, 512), (configuration.Sessions.MaxSecrets, configuration.Sessions.MaxSecretBytes));
        var alice = configuration.FindClient("acme", "alice")!;
        Assert.Equal((7, 9), (alice.Quotas.Sessions, alice.Quotas.CallsPerMinute));
        Assert.Equal(["records:orders:read", "tool:echo", "tool:records_*"], alice.Permissions.Entries);
        Assert.Equal("olga", configuration.Operators.Single().Id);
        Assert.True(alice.Keys.Single().Demo);
        Assert.Equal(ApiKey.Hash("demo-alice"), alice.Keys.Single().Sha256.ToArray());
    }

    [Theory]
    [InlineData("tenants:\n  Acme: {}\n", 2, "tenants.Acme")]
    [InlineData("tenants: { a: {} }\nfoo: 1\n", 2, "foo")]
    [InlineData("tenants: { a: {} }\nsessions:\n  idleTimeout: soon\n", 3, "sessions.idleTimeout")]
    [InlineData("tenants: { a: {} }\nsessions:\n  idleTimeout: 0s\n", 3, "sessions.idleTimeout")]
    [InlineData("tenants: { a: {} }\nsessions:\n  idletimeout: 5m\n", 3, "sessions.idletimeout")]
    [InlineData("tenants: { a: {} }\nendpoint:\n  maxBodyBytes: many\n", 3, "endpoint.maxBodyBytes")]
    [InlineData("tenants: { a: {} }\nendpoint:\n  allowedOrigins: [\"https://a/b\"]\n", 3, "endpoint.allowedOrigins[0]")]
    [InlineData("tenants: { a: {} }\nendpoint:\n  allowedHosts: [\"*\"]\n", 3, "endpoint.allowedHosts[0]")]
    [InlineData("tenants: { a: {} }\nendpoint: 3\n", 2, "endpoint")]
    [InlineData("tenants:\n  a:\n    clients:\n      b:\n        keys: [{ sha256: abc }]\n        permissions: []\n", 5, "tenants.a.clients.b.keys[0].sha256")]
    [InlineData("tenants:\n  a:\n    clients:\n      b:\n        keys: [{ demo: true }]\n        permissions: []\n", 5, "tenants.a.clients.b.keys[0]")]
    [InlineData("tenants:\n  a:\n    clients:\n      b:\n        quotas: { sessions: -1 }\n        permissions: []\n", 5, "tenants.a.clients.b.quotas.sessions")]
    [InlineData("sessions: {}\n", 1, "tenants")]
    public void A_mistake_names_its_line_and_key(string yaml, int line, string key)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(yaml, "bad.yaml")).Errors);
        Assert.Equal(("bad.yaml", (long)line, key), (error.File, error.Line, error.Key));
    }

    [Theory]
    [InlineData("tenants: [")]
    [InlineData("tenants: \"acme")]
    [InlineData("tenants:\n  a: 'b\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("a: &x 1\nb: *x\n")]
    [InlineData("--- 1\n--- 2\n")]
    public void What_is_not_one_plain_YAML_document_is_refused_with_its_line(string yaml) =>
        Assert.True(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(yaml, "bad.yaml")).Errors.Single().Line >= 1);

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        var errors = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(
            "endpoint: { maxBodyBytes: x }\nsessions: { lifetime: y }\ntenants: { A: {} }\n", "bad.yaml")).Errors;
        Assert.Equal([1L, 2L, 3L], errors.Select(error => error.Line).Distinct());
    }

    [Fact]
    public void One_key_cannot_name_two_clients()
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse($$"""
            tenants:
              a: { clients: { x: { keys: [{ sha256: {{Hash}} }], permissions: [] } } }
              b: { clients: { y: { keys: [{ sha256: {{Hash.ToUpperInvariant()}} }], permissions: [] } } }
            """, "bad.yaml")).Errors.Single();
        Assert.Equal(3, error.Line);
        Assert.Contains("tenants.a.clients.x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_made_fits_its_hash_and_no_two_are_alike()
    {
        var (one, two) = (ApiKey.Generate(), ApiKey.Generate());
        Assert.NotEqual(one, two);
        Assert.StartsWith(ApiKey.Prefix, one, StringComparison.Ordinal);
        Assert.Equal(ApiKey.Prefix.Length + 43, one.Length);
    }
}
