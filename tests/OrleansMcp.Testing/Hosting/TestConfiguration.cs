using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Hosting;

/// <summary>A configuration with the demo's principals, whose limits a test chooses.</summary>
internal static class TestConfiguration
{
    public const string Alice = "demo-alice";
    public const string Bob = "demo-bob";
    public const string Carol = "demo-carol";

    /// <summary>Whatever a test calls.</summary>
    public static PermissionSet Everything { get; } =
        PermissionSet.Parse("tool:*", "resource:*", "prompt:*", "records:*:read", "records:*:write", "toollog:*");

    /// <summary>Strangers of tests try everything, and each attempt is to be judged by itself. ThrottledTests test the limit.</summary>
    public static SignalConfiguration Patient { get; } = new() { AttemptsPerMinute = 1_000_000 };

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
            Signals = Patient,
            Tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal)
            {
                ["acme"] = Tenant("acme", Client("alice", Alice, wide), Client("bob", Bob, wide)),
                ["globex"] = Tenant("globex", Client("carol", Carol, wide)),
            },
        };
    }

    /// <summary>The same with other permissions of one client.</summary>
    public static ServerConfiguration Permitting(this ServerConfiguration configuration, string tenant, string client, params string[] permissions)
    {
        var clients = configuration.Tenants[tenant].Clients.ToDictionary(StringComparer.Ordinal);
        clients[client] = clients[client] with { Permissions = PermissionSet.Parse(permissions) };
        var tenants = configuration.Tenants.ToDictionary(StringComparer.Ordinal);
        tenants[tenant] = tenants[tenant] with { Clients = clients };
        return configuration with { Tenants = tenants };
    }

    /// <summary>The same with everything permitted to everybody: for tests of something else.</summary>
    public static ServerConfiguration PermittingEverything(this ServerConfiguration configuration) => configuration with
    {
        Signals = Patient,
        Tenants = configuration.Tenants.ToDictionary(
            tenant => tenant.Key,
            tenant => tenant.Value with
            {
                Clients = tenant.Value.Clients.ToDictionary(
                    client => client.Key, client => client.Value with { Permissions = Everything }, StringComparer.Ordinal),
            },
            StringComparer.Ordinal),
    };

    /// <summary>The same with scopes that mean something.</summary>
    public static ServerConfiguration Scoped(this ServerConfiguration configuration, params (string Scope, string[] Entries)[] scopes) =>
        configuration with
        {
            Identity = configuration.Identity with
            {
                Scopes = new([.. scopes.Select(one => KeyValuePair.Create(one.Scope, (IReadOnlyList<string>)one.Entries))]),
            },
        };

    private static TenantConfiguration Tenant(string id, params ClientConfiguration[] clients) =>
        new() { Id = id, Clients = clients.ToDictionary(client => client.Id, StringComparer.Ordinal) };

    private static ClientConfiguration Client(string id, string key, QuotaConfiguration quotas) => new()
    {
        Id = id,
        Keys = [new ApiKeyConfiguration(SHA256.HashData(Encoding.UTF8.GetBytes(key)), Demo: true)],
        Permissions = Everything,
        Quotas = quotas,
    };
}

/// <summary>A configuration that a test may replace while the server runs.</summary>
internal sealed class TestConfigurationSource(ServerConfiguration configuration) : IConfigurationSource
{
    public event Action? Changed;

    public ServerConfiguration Current
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke();
        }
    } = configuration;
}
