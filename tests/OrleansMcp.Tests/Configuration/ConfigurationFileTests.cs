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

    [Fact]
    public void Limits_of_bodies_connections_and_memory_are_read_and_have_defaults()
    {
        var configuration = ConfigurationFile.Parse("""
            memory: { heldBytes: 2000000 }
            endpoint:
              json: { maxTokens: 1000, maxKeys: 500, maxDepth: 16 }
              bodyBytesPerSecond: 100000
              transferGrace: 20s
              transferBytesPerSecond: 2000
              connections: { max: 90, maxNew: 9, firstRequest: 5s }
            tenants: { a: {} }
            """, "good.yaml");
        var endpoint = configuration.Endpoint;
        Assert.Equal(2_000_000, configuration.Memory.HeldBytes);
        Assert.Equal(new JsonLimits { MaxTokens = 1000, MaxKeys = 500, MaxDepth = 16 }, endpoint.Json);
        Assert.Equal((100_000, TimeSpan.FromSeconds(20), 2000), (endpoint.BodyBytesPerSecond, endpoint.TransferGrace, endpoint.TransferBytesPerSecond));
        Assert.Equal(new ConnectionConfiguration { Max = 90, MaxNew = 9, FirstRequest = TimeSpan.FromSeconds(5) }, endpoint.Connections);

        var defaults = ConfigurationFile.Parse("tenants: { a: {} }", "good.yaml").Endpoint;
        Assert.Equal((200_000, 20_000, 64), (defaults.Json.MaxTokens, defaults.Json.MaxKeys, defaults.Json.MaxDepth)); // the README names them
        Assert.Equal((8_388_608, TimeSpan.FromSeconds(15), 16_384), (defaults.BodyBytesPerSecond, defaults.TransferGrace, defaults.TransferBytesPerSecond));
        Assert.Equal(new ConnectionConfiguration { Max = null, MaxNew = null, FirstRequest = TimeSpan.FromSeconds(10) }, defaults.Connections);
    }

    [Fact]
    public void What_happens_at_the_session_cap_and_who_is_readmitted_is_read()
    {
        var configuration = ConfigurationFile.Parse("""
            sessions: { onCap: refuse }
            tenants:
              acme:
                readmittedAt: 2026-01-31T10:00:00+01:00
                quotas: { onCap: makeRoom }
                clients:
                  alice: { permissions: [], readmittedAt: "2026-02-01T00:00:00.5Z", quotas: { onCap: refuse } }
                  bob: { permissions: [] }
            """, "good.yaml");
        var (acme, morning) = (configuration.Tenants["acme"], new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.Zero));
        Assert.Equal(
            (OnSessionCap.Refuse, OnSessionCap.MakeRoom, OnSessionCap.Refuse, null),
            (configuration.Sessions.OnCap, acme.Quotas.OnCap, acme.Clients["alice"].Quotas.OnCap, acme.Clients["bob"].Quotas.OnCap));
        Assert.Equal(morning, configuration.ReadmittedAt("acme", client: null));
        Assert.Equal(morning, configuration.ReadmittedAt("acme", "bob"));
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 0, 0, 0, 500, TimeSpan.Zero), configuration.ReadmittedAt("acme", "alice"));
        Assert.Equal(OnSessionCap.MakeRoom, ConfigurationFile.Parse("tenants: { a: {} }", "good.yaml").Sessions.OnCap);
    }

    [Theory]
    [InlineData("tenants: { a: {} }\nsessions:\n  onCap: evict\n", 3, "sessions.onCap")]
    [InlineData("tenants:\n  a:\n    readmittedAt: 2026-01-31\n", 3, "tenants.a.readmittedAt")]
    [InlineData("tenants:\n  a:\n    readmittedAt: 2026-01-31T09:00:00\n", 3, "tenants.a.readmittedAt")]
    [InlineData("tenants:\n  a:\n    readmittedAt: soon\n", 3, "tenants.a.readmittedAt")]
    [InlineData("memory:\n  heldBytes: 5\ntenants: { a: {} }\n", 2, "memory.heldBytes")]
    [InlineData("endpoint:\n  json: { maxDepth: 65 }\ntenants: { a: {} }\n", 2, "endpoint.json.maxDepth")]
    [InlineData("endpoint:\n  connections: { maxnew: 3 }\ntenants: { a: {} }\n", 2, "endpoint.connections.maxnew")]
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
    [InlineData("tenants: !!map {}")]
    [InlineData("tenants: { a: !env A }")]
    [InlineData("--- 1\n--- 2\n")]
    public void What_is_not_one_plain_YAML_document_is_refused_with_its_line(string yaml) =>
        Assert.True(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(yaml, "bad.yaml")).Errors.Single().Line >= 1);

    [Theory]
    [InlineData("sesions: {}", "unknown key. Did you mean 'sessions'? Known here: cache, ")]
    [InlineData("sessions: { IdleTimeout: 5m }", "unknown key. Did you mean 'idleTimeout'? Known here: ")]
    [InlineData("else: {}", "unknown key. Known here: cache, ")]
    public void A_misspelt_key_is_told_with_the_nearest(string yaml, string message)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(yaml, "bad.yaml")).Errors);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_is_refused_by_its_name() => Assert.Equal(
        "tags such as tag:yaml.org,2002:str are not accepted; a text is quoted.",
        Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse("endpoint: { allowedHosts: [!!str 5] }", "bad.yaml")).Errors).Message);

    [Theory]
    [InlineData("a-1_b", true)]
    [InlineData("a\n", false)]
    [InlineData("-a", false)]
    public void An_id_ends_where_it_ends(string id, bool isId)
    {
        Assert.Equal(isId, ConfigurationReader.IsId(id));
        Assert.False(ConfigurationReader.IsHash(Hash + "\n"));
    }

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
