namespace OrleansMcp.Configuration;

/// <summary>What the endpoint lets in.</summary>
public sealed record EndpointConfiguration
{
    /// <summary>Host names (no port) accepted beside loopback names; empty: loopback only. <c>*</c> is not accepted.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins (<c>https://app.example.com</c>) accepted beside loopback origins.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Largest request body, bytes. Default 4 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What the JSON of a body may consist of, beside its bytes.</summary>
    public JsonLimits Json { get; init; } = new();

    /// <summary>
    /// How long a client may take to send a body or to read a reply, besides <see cref="TransferBytesPerSecond"/>. Default 15 s.
    /// </summary>
    public TimeSpan TransferGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How slowly a client may send a body or read a reply: it is given up <see cref="TransferGrace"/> after the time that all of it, up to now,
    /// takes at this rate. Default 16 KiB a second.
    /// </summary>
    public int TransferBytesPerSecond { get; init; } = 16 * 1024;

    /// <summary>
    /// How fast the bodies of one client are read in one process, all together, bytes a second: what comes faster waits. Default 8 MiB a second.
    /// </summary>
    public int BodyBytesPerSecond { get; init; } = 8 * 1024 * 1024;

    /// <summary>How many connections there may be, and how long one may be of nobody.</summary>
    public ConnectionConfiguration Connections { get; init; } = new();

    /// <summary>How often a quiet stream gets an SSE comment, so that proxies keep it. Default 15 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long clients wait before they open the session's own stream again (the field <c>retry</c> of server-sent events). Default 5 s: the official
    /// TypeScript client tries twice, at its own pace within the time that a process takes to restart, and then hears nothing any more.
    /// </summary>
    public TimeSpan ReconnectAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Half of the 240 s after which ingresses cut what is silent, that of Azure Container Apps among them.</summary>
    public static TimeSpan LongestKeepAlive { get; } = TimeSpan.FromMinutes(2);
}

/// <summary>What the JSON of a body may consist of. What takes long to read or much memory to hold is refused before it is parsed.</summary>
public sealed record JsonLimits
{
    /// <summary>Values, keys, and beginnings and ends of objects and arrays in a body. Default 200,000.</summary>
    public int MaxTokens { get; init; } = 200_000;

    /// <summary>Keys in all objects of a body together. Default 20,000.</summary>
    public int MaxKeys { get; init; } = 20_000;

    /// <summary>Deepest nesting of objects and arrays. Default 64, which is also the most.</summary>
    public int MaxDepth { get; init; } = 64;
}

/// <summary>How many connections a process holds, and how long one may be of nobody. Health checks need no credential and are answered within that time.</summary>
public sealed record ConnectionConfiguration
{
    /// <summary>
    /// Connections at a time. Null: as many as the process has file descriptors for, after those that its files and its own connections need, and
    /// as fit into half of <see cref="MemoryConfiguration.HeldBytes"/>.
    /// </summary>
    public int? Max { get; init; }

    /// <summary>Connections without an authenticated request at a time; when there is one more, the oldest of them is closed. Null: a quarter of <see cref="Max"/>.</summary>
    public int? MaxNew { get; init; }

    /// <summary>How long a new connection has until its first request is authenticated. Default 10 s.</summary>
    public TimeSpan FirstRequest { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// How much memory the requests of a process and their replies may hold. What a tenant and a client may hold of it is among their quotas
/// (<see cref="QuotaConfiguration.HeldBytes"/>).
/// </summary>
public sealed record MemoryConfiguration
{
    /// <summary>
    /// Bytes of bodies, parsed messages, replies and buffered events at a time. Null: 40 percent of what the runtime may use (the limit of the
    /// container or of the heap, otherwise the machine's memory), at most 2 GiB.
    /// </summary>
    public long? HeldBytes { get; init; }
}
