using OrleansMcp.Configuration;

namespace OrleansMcp.Hosting.Demo;

/// <summary>The configuration of a server that was given none, and the rule about its published keys.</summary>
internal static class DemoConfiguration
{
    private const string Resource = "OrleansMcp.Hosting.Demo.demo.yaml";

    /// <summary>The published keys. A configuration with the hash of one of them has demo keys, even if it does not mark them so.</summary>
    public static IReadOnlyList<string> PublishedKeys { get; } = ["demo-alice", "demo-bob", "demo-carol", OperatorKey];

    /// <summary>The published key of the demo's operator, which opens <c>/ops</c>.</summary>
    public const string OperatorKey = "demo-olga";

    /// <summary>The published keys of clients.</summary>
    public static IEnumerable<string> ClientKeys => PublishedKeys.Where(static key => key != OperatorKey);

    public static ServerConfiguration Load()
    {
        using var stream = typeof(DemoConfiguration).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return ConfigurationFile.Parse(reader.ReadToEnd(), "demo.yaml");
    }

    public static bool HasDemoKeys(ServerConfiguration configuration)
    {
        var published = PublishedKeys.Select(key => Convert.ToHexString(ApiKey.Hash(key))).ToHashSet(StringComparer.Ordinal);
        return configuration.Operators.Any(one => published.Contains(Convert.ToHexString(one.Sha256.Span)))
            || configuration.Tenants.Values.SelectMany(tenant => tenant.Clients.Values).SelectMany(client => client.Keys)
                .Any(key => key.Demo || published.Contains(Convert.ToHexString(key.Sha256.Span)));
    }
}
