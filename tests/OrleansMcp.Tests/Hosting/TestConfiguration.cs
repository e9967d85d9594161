using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Hosting;

/// <summary>A configuration with the demo's principals, whose limits a test chooses.</summary>
internal static class TestConfiguration
{
    public const string Alice = "demo-alice";
    public const string Bob = "demo-bob";
    public const string Carol = "demo-carol";

    public static ServerConfiguration With(
        SessionConfiguration? sessions = null, EndpointConfiguration? endpoint = null, QuotaConfiguration? quotas = null)
    {
        var wide = quotas ?? new QuotaConfiguration
        {
            Sessions = 50_000, CallsPerMinute = 10_000_000, ConcurrentCalls = 50_000, StateBytes = 1L << 40,
            CallTimeout = Timeout.InfiniteTimeSpan,
        };
        return new ServerConfiguration
        {
            Endpoint = endpoint ?? new(),
            Sessions = sessions ?? new(),
            Tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal)
            {
                ["acme"] = Tenant("acme", Client("alice", Alice, wide), Client("bob", Bob, wide)),
                ["globex"] = Tenant("globex", Client("carol", Carol, wide)),
            },
        };
    }

    private static TenantConfiguration Tenant(string id, params ClientConfiguration[] clients) =>
        new() { Id = id, Clients = clients.ToDictionary(client => client.Id, StringComparer.Ordinal) };

    private static ClientConfiguration Client(string id, string key, QuotaConfiguration quotas) => new()
    {
        Id = id,
        Keys = [new ApiKeyConfiguration(SHA256.HashData(Encoding.UTF8.GetBytes(key)), Demo: true)],
        Quotas = quotas,
    };
}

/// <summary>A configuration that a test may replace while the server runs.</summary>
internal sealed class TestConfigurationSource(ServerConfiguration configuration) : IConfigurationSource
{
    public ServerConfiguration Current { get; set; } = configuration;
}
