namespace OrleansMcp.Configuration;

/// <summary>Reads the sections <c>endpoint</c> and <c>memory</c>.</summary>
internal static class EndpointReader
{
    private const long LeastHeld = 1024 * 1024;
    private const long MostHeld = 1L << 40;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    public static EndpointConfiguration Read(YamlSection section)
    {
        var defaults = new EndpointConfiguration();
        var endpoint = new EndpointConfiguration
        {
            AllowedHosts = section.Texts("allowedHosts", IsHost, "must be a host name without scheme, port or wildcard."),
            AllowedOrigins = section.Texts("allowedOrigins", IsOrigin, "must be an origin such as https://app.example.com, without a path."),
            MaxBodyBytes = section.Integer("maxBodyBytes", defaults.MaxBodyBytes, 1024, 64 * 1024 * 1024),
            Json = section.Section("json") is { } json ? ReadJson(json) : new(),
            TransferGrace = section.Duration("transferGrace", defaults.TransferGrace, s_second, s_hour),
            TransferBytesPerSecond = section.Integer("transferBytesPerSecond", defaults.TransferBytesPerSecond, 1, 1024 * 1024 * 1024),
            BodyBytesPerSecond = section.Integer("bodyBytesPerSecond", defaults.BodyBytesPerSecond, 64 * 1024, int.MaxValue),
            Connections = section.Section("connections") is { } connections ? ReadConnections(connections) : new(),
            ReconnectAfter = section.Duration("reconnectAfter", defaults.ReconnectAfter, s_second, s_hour),
            KeepAlive = section.Duration("keepAlive", defaults.KeepAlive, s_second, EndpointConfiguration.LongestKeepAlive),
        };
        section.RejectUnknown();
        return endpoint;
    }

    public static MemoryConfiguration ReadMemory(YamlSection section)
    {
        var memory = new MemoryConfiguration { HeldBytes = ReadHeld(section) };
        section.RejectUnknown();
        return memory;
    }

    /// <summary>The bytes that may be held; null where nothing is said.</summary>
    public static long? ReadHeld(YamlSection section) => section.LongOrNull("heldBytes", LeastHeld, MostHeld);

    private static JsonLimits ReadJson(YamlSection section)
    {
        var defaults = new JsonLimits();
        var limits = new JsonLimits
        {
            MaxTokens = section.Integer("maxTokens", defaults.MaxTokens, 100, 100_000_000),
            MaxKeys = section.Integer("maxKeys", defaults.MaxKeys, 100, 100_000_000),
            MaxDepth = section.Integer("maxDepth", defaults.MaxDepth, 8, defaults.MaxDepth),
        };
        section.RejectUnknown();
        return limits;
    }

    private static ConnectionConfiguration ReadConnections(YamlSection section)
    {
        var connections = new ConnectionConfiguration
        {
            Max = (int?)section.LongOrNull("max", 8, 1_000_000),
            MaxNew = (int?)section.LongOrNull("maxNew", 1, 1_000_000),
            FirstRequest = section.Duration("firstRequest", new ConnectionConfiguration().FirstRequest, s_second, s_hour),
        };
        section.RejectUnknown();
        return connections;
    }

    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;
}
