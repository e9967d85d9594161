using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Configuration;

public sealed class QuotaConfigurationTests
{
    private const string Every =
        "sessions: 1, sessionsPerMinute: 2, callsPerMinute: 3, concurrentCalls: 4, computeSecondsPerMinute: 5, stateBytes: 6, "
        + "outputBytesPerMinute: 7, egressCallsPerMinute: 8, egressBytesPerMinute: 9, callTimeout: 10s, heldBytes: 1048577, "
        + "requestsPerMinute: 13, writesPerMinute: 14, concurrentStreams: 15";

    [Fact]
    public void Every_quota_is_read_for_tenant_client_and_session()
    {
        var configuration = ConfigurationFile.Parse($$"""
            scheduler: { maxRunning: 3, maxQueuedPerTenant: 4 }
            tenants:
              a:
                quotas: { {{Every}} }
                sessionQuotas: { callsPerMinute: 11 }
                clients:
                  b:
                    permissions: []
                    quotas: { {{Every}} }
                    sessionQuotas: { concurrentCalls: 12, callTimeout: 500ms, requestsPerMinute: 16, writesPerMinute: 17 }
            """, "good.yaml");
        var every = new QuotaConfiguration
        {
            Sessions = 1, SessionsPerMinute = 2, CallsPerMinute = 3, ConcurrentCalls = 4, ComputeSecondsPerMinute = 5, StateBytes = 6,
            OutputBytesPerMinute = 7, EgressCallsPerMinute = 8, EgressBytesPerMinute = 9, CallTimeout = TimeSpan.FromSeconds(10), HeldBytes = 1_048_577,
            RequestsPerMinute = 13, WritesPerMinute = 14, ConcurrentStreams = 15,
        };
        var (tenant, client) = (configuration.Tenants["a"], configuration.FindClient("a", "b")!);
        Assert.Equal((every, every), (tenant.Quotas, client.Quotas));
        Assert.Equal(QuotaConfiguration.None with { CallsPerMinute = 11 }, tenant.SessionQuotas);
        Assert.Equal(QuotaConfiguration.None with { ConcurrentCalls = 12, CallTimeout = TimeSpan.FromMilliseconds(500), RequestsPerMinute = 16, WritesPerMinute = 17 }, client.SessionQuotas);
        Assert.Equal(new SchedulerConfiguration { MaxRunning = 3, MaxQueuedPerTenant = 4 }, configuration.Scheduler);
    }

    [Fact]
    public void Without_quotas_clients_and_tenants_have_the_defaults_and_sessions_half_of_their_clients_requests()
    {
        var configuration = ConfigurationFile.Parse("tenants: { a: { clients: { b: { permissions: [] } } } }", "good.yaml");
        var (tenant, client) = (configuration.Tenants["a"], configuration.FindClient("a", "b")!);
        Assert.Equal((100, 1000, 600), (client.Quotas.Sessions, client.Quotas.SessionsPerMinute, client.Quotas.CallsPerMinute));
        Assert.Equal((6000, 2400, 256), (client.Quotas.RequestsPerMinute, client.Quotas.WritesPerMinute, client.Quotas.ConcurrentStreams));
        Assert.Equal(QuotaConfiguration.None with { RequestsPerMinute = 600_000, WritesPerMinute = 240_000 }, tenant.Quotas);
        Assert.Equal(QuotaConfiguration.None, client.SessionQuotas);
        Assert.Equal(new SessionQuotas(3000, 1200), SessionQuotas.Of(new SessionOwner("a", "b", "b", KeyThumbprint: null), configuration));
        Assert.Empty(client.Egress.Allow);
    }

    [Theory]
    [InlineData("callsPerMinute: 5000", 50_000, 20_000)] // ten requests and four writes for each call
    [InlineData("callsPerMinute: 60", 6_000, 2_400)] // and never few
    [InlineData("callsPerMinute: 5000, requestsPerMinute: 7, writesPerMinute: 8", 7, 8)]
    public void A_client_has_requests_and_writes_by_its_calls(string quotas, long requests, long writes)
    {
        var client = ConfigurationFile.Parse($"tenants: {{ a: {{ clients: {{ b: {{ permissions: [], quotas: {{ {quotas} }} }} }} }} }}", "good.yaml").FindClient("a", "b")!;
        Assert.Equal((requests, writes), (client.Quotas.RequestsPerMinute, client.Quotas.WritesPerMinute));
    }

    [Theory]
    [InlineData("sessionQuotas: { requestsPerMinute: 9 }", "", 9, 1200)]
    [InlineData("sessionQuotas: { requestsPerMinute: 9 }", "sessionQuotas: { requestsPerMinute: 8, writesPerMinute: 5000 }", 8, 5000)]
    [InlineData("", "quotas: { requestsPerMinute: 1, writesPerMinute: 1000000000000 }", 1, 500_000_000_000)]
    public void A_session_has_what_is_configured_or_half_of_its_clients(string ofTenant, string ofClient, long requests, long writes)
    {
        var configuration = ConfigurationFile.Parse($$"""
            tenants:
              a:
                {{ofTenant}}
                clients:
                  b:
                    permissions: []
                    {{ofClient}}
            """, "good.yaml");
        Assert.Equal(new SessionQuotas(requests, writes), SessionQuotas.Of(new SessionOwner("a", "b", "b", KeyThumbprint: null), configuration));
    }

    [Fact]
    public void Egress_rules_are_hosts_or_say_more()
    {
        var rules = ConfigurationFile.Parse("""
            tenants: { a: { clients: { b: { permissions: [], egress: { allow: [api.example.com, "*.example.org", "host:8443", { host: "127.0.0.1:80", http: true, private: true }] } } } } }
            """, "good.yaml").FindClient("a", "b")!.Egress.Allow;
        Assert.Equal(
            [new EgressRule("api.example.com"), new("*.example.org"), new("host", 8443), new("127.0.0.1", 80, Http: true, Private: true)], rules);
    }

    [Theory]
    [InlineData("quotas: { callsPerMinute: -1 }", "quotas.callsPerMinute")]
    [InlineData("quotas: { callsPerMinute: many }", "quotas.callsPerMinute")]
    [InlineData("quotas: { computeSecondsPerMinute: 1.5 }", "quotas.computeSecondsPerMinute")]
    [InlineData("quotas: { sessionsPerMinute: -5 }", "quotas.sessionsPerMinute")]
    [InlineData("quotas: { callTimeout: never }", "quotas.callTimeout")]
    [InlineData("quotas: { callTimeout: 1ms }", "quotas.callTimeout")]
    [InlineData("quotas: { callsperminute: 1 }", "quotas.callsperminute")]
    [InlineData("sessionQuotas: { sessions: 1 }", "sessionQuotas.sessions")]
    [InlineData("egress: { deny: [a] }", "egress.deny")]
    [InlineData("egress: { allow: [\"https://a.example\"] }", "egress.allow[0]")]
    [InlineData("egress: { allow: [\"a.example/path\"] }", "egress.allow[0]")]
    [InlineData("egress: { allow: [\"*\"] }", "egress.allow[0]")]
    [InlineData("egress: { allow: [\"a.*.example\"] }", "egress.allow[0]")]
    [InlineData("egress: { allow: [{ host: \"*.internal\", private: true }] }", "egress.allow[0].host")]
    [InlineData("egress: { allow: [{ http: true }] }", "egress.allow[0]")]
    public void A_mistake_names_its_line_and_key(string yaml, string key)
    {
        var text = $"tenants:\n  a:\n    clients:\n      b:\n        {yaml}\n        permissions: []\n";
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(text, "bad.yaml")).Errors);
        Assert.Equal((5L, $"tenants.a.clients.b.{key}"), (error.Line, error.Key));
    }

    [Theory]
    [InlineData("scheduler: { maxRunning: 0 }\ntenants: { a: {} }\n", "scheduler.maxRunning")]
    [InlineData("tenants: { a: { quotas: { sessions: x } } }\n", "tenants.a.quotas.sessions")]
    public void A_mistake_elsewhere_names_its_key_too(string yaml, string key) =>
        Assert.Equal(key, Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(yaml, "bad.yaml")).Errors).Key);
}
