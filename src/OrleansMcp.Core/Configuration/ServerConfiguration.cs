using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;

namespace OrleansMcp.Configuration;

/// <summary>The whole configuration, validated: an instance that exists is usable.</summary>
public sealed record ServerConfiguration
{
    /// <summary>What the endpoint lets in.</summary>
    public EndpointConfiguration Endpoint { get; init; } = new();

    /// <summary>How long sessions live.</summary>
    public SessionConfiguration Sessions { get; init; } = new();

    /// <summary>How large namespaces of records may get.</summary>
    public RecordsConfiguration Records { get; init; } = new();

    /// <summary>How many tool calls a process runs at once.</summary>
    public SchedulerConfiguration Scheduler { get; init; } = new();

    /// <summary>How much memory requests and their replies may hold.</summary>
    public MemoryConfiguration Memory { get; init; } = new();

    /// <summary>Which results of tools are kept, and how much of them.</summary>
    public CacheConfiguration Cache { get; init; } = new();

    /// <summary>When a client's behaviour becomes conspicuous.</summary>
    public SignalConfiguration Signals { get; init; } = new();

    /// <summary>Whose tokens are accepted beside API keys.</summary>
    public IdentityConfiguration Identity { get; init; } = new();

    /// <summary>What becomes of client certificates that an ingress passes on. Default: nothing.</summary>
    public ClientCertificateConfiguration ClientCertificates { get; init; } = new();

    /// <summary>The tenants by id (lower-case letters, digits, <c>-</c> and <c>_</c>, at most 64).</summary>
    public IReadOnlyDictionary<string, TenantConfiguration> Tenants { get; init; } = new Dictionary<string, TenantConfiguration>();

    /// <summary>Who may look at sessions and stop them. Without operators there are no such endpoints.</summary>
    public IReadOnlyList<OperatorConfiguration> Operators { get; init; } = [];

    /// <summary>What tool calls are judged by. Default: none, every call is allowed.</summary>
    public PolicySet Policies { get; init; } = PolicySet.None;

    /// <summary>What is probably a mistake in the files, but could be meant, in their order.</summary>
    public IReadOnlyList<ConfigurationError> Warnings { get; init; } = [];

    /// <summary>The client, or null when it is not (or no longer) configured.</summary>
    public ClientConfiguration? FindClient(string tenant, string client) =>
        Tenants.TryGetValue(tenant, out var found) && found.Clients.TryGetValue(client, out var registration) ? registration : null;

    /// <summary>When the tenant or a client of it was readmitted last, UTC; null when neither was.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="client">Null for what concerns the tenant as a whole.</param>
    internal DateTimeOffset? ReadmittedAt(string tenant, string? client)
    {
        var ofTenant = Tenants.GetValueOrDefault(tenant)?.ReadmittedAt;
        var ofClient = client is null ? null : FindClient(tenant, client)?.ReadmittedAt;
        return ofTenant > ofClient || ofClient is null ? ofTenant : ofClient;
    }

    /// <summary>
    /// What the registration of <paramref name="caller"/> and its credential permit at most. For front ends, before a session is found; a
    /// session may permit less, and judges by itself.
    /// </summary>
    public bool MayPermit(Caller caller, PermissionKind kind, string name) =>
        FindClient(caller.Tenant, caller.Client)?.Permissions.Allows(kind, name) == true && Identity.Scopes.Permits(caller.Scopes, kind, name);
}

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

/// <summary>What happens when a client has as many sessions as it may, and opens another one.</summary>
public enum OnSessionCap
{
    /// <summary>
    /// The client's session that was used the longest time ago ends, if it has no calls, no state, no secrets and no stream that waits for a
    /// subscribed resource; if all have, the one without a message for the longest time, at least five minutes.
    /// </summary>
    MakeRoom,

    /// <summary>The new one is refused until another one has ended.</summary>
    Refuse,
}

/// <summary>What happens to a request that belongs into a session and names none.</summary>
public enum OnMissingSessionId
{
    /// <summary>The caller's own actor serves it, as it serves the requests of the revision without sessions.</summary>
    Serve,

    /// <summary>400 (2025-11-25, transports, Session Management).</summary>
    Refuse,
}

/// <summary>How long sessions live and how much they may hold.</summary>
public sealed record SessionConfiguration
{
    /// <summary>
    /// What happens to a request of a revision with sessions that has no <c>Mcp-Session-Id</c>: some clients never send it. Default: it is served.
    /// </summary>
    public OnMissingSessionId WithoutId { get; init; }

    /// <summary>A session without a message for this long ends. Default 30 min.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>When the time of a session is over unless a message comes before, UTC.</summary>
    /// <param name="lastActive">When its last message came, UTC.</param>
    /// <param name="expires">Its absolute end, UTC.</param>
    public DateTimeOffset DueAt(DateTimeOffset lastActive, DateTimeOffset expires)
    {
        var idle = lastActive + IdleTimeout;
        return idle < expires ? idle : expires;
    }

    /// <summary>
    /// What happens when a client with as many sessions as it may opens another one. Default: one of its own makes room. Tenants and clients may
    /// have their own (<see cref="QuotaConfiguration.OnCap"/>).
    /// </summary>
    public OnSessionCap OnCap { get; init; } = OnSessionCap.MakeRoom;

    /// <summary>A session ends this long after it was opened. Default 24 h.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>An idle session leaves memory after this long and returns on its next message. Default 2 min.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Events held for <c>Last-Event-ID</c>, per session. Default 256.</summary>
    public int MaxBufferedEvents { get; init; } = 256;

    /// <summary>Bytes of events held, per session. Default 1 MiB.</summary>
    public int MaxBufferedBytes { get; init; } = 1024 * 1024;

    /// <summary>Requests running at a time, per session; each may hold a stream open. Default 256.</summary>
    public int MaxConcurrentRequests { get; init; } = 256;

    /// <summary>The most that <see cref="MaxStateBytes"/> may be: what stores hold of a record, less its other fields.</summary>
    internal const int MostStateBytes = 768 * 1024;

    /// <summary>Bytes of tool state, per session. Default 256 KiB.</summary>
    public int MaxStateBytes { get; init; } = 256 * 1024;

    /// <summary>Secrets held at a time, per session, in memory. Default 16.</summary>
    public int MaxSecrets { get; init; } = 16;

    /// <summary>Bytes of one secret. Default 64 KiB.</summary>
    public int MaxSecretBytes { get; init; } = 64 * 1024;

    /// <summary>How long a request for the client's input (elicitation, sampling, roots) waits. Default 10 min.</summary>
    public TimeSpan InputTimeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A tenant: a trust boundary.</summary>
public sealed record TenantConfiguration
{
    /// <summary>The tenant's id.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Operators' refusals of the tenant, its clients and their subjects that were set at this time or before are void, UTC. Null: none is.
    /// </summary>
    public DateTimeOffset? ReadmittedAt { get; init; }

    /// <summary>The quotas of all its clients together. By default only requests and writes are limited.</summary>
    public QuotaConfiguration Quotas { get; init; } = QuotaConfiguration.OfTenant;

    /// <summary>The quotas of each single session of the tenant.</summary>
    public QuotaConfiguration SessionQuotas { get; init; } = QuotaConfiguration.None;

    /// <summary>Its clients by id.</summary>
    public IReadOnlyDictionary<string, ClientConfiguration> Clients { get; init; } = new Dictionary<string, ClientConfiguration>();
}

/// <summary>A client registration.</summary>
public sealed record ClientConfiguration
{
    /// <summary>The client's id within its tenant.</summary>
    public required string Id { get; init; }

    /// <summary>Operators' refusals of the client and its subjects that were set at this time or before are void, UTC. Null: none is.</summary>
    public DateTimeOffset? ReadmittedAt { get; init; }

    /// <summary>Hashes of its API keys.</summary>
    public IReadOnlyList<ApiKeyConfiguration> Keys { get; init; } = [];

    /// <summary>Its certificates, where the server looks at any.</summary>
    public IReadOnlyList<CertificateMatch> Certificates { get; init; } = [];

    /// <summary>
    /// The scopes it may use: those of its tokens that are not among them have no effect. Null: all. Its API keys carry exactly these.
    /// </summary>
    public IReadOnlySet<string>? Scopes { get; init; }

    /// <summary>Secrets of the operator's that its sessions hold, by name.</summary>
    public IReadOnlyDictionary<string, SecretReference> Secrets { get; init; } = NoSecrets;

    /// <summary>What it may do at most: every session it opens gets this set or a part of it. Default: nothing.</summary>
    public PermissionSet Permissions { get; init; } = PermissionSet.None;

    /// <summary>The quotas of all its sessions together.</summary>
    public QuotaConfiguration Quotas { get; init; } = new();

    /// <summary>The quotas of each of its sessions.</summary>
    public QuotaConfiguration SessionQuotas { get; init; } = QuotaConfiguration.None;

    /// <summary>Where its tools may send HTTP requests.</summary>
    public EgressConfiguration Egress { get; init; } = new();

    internal static IReadOnlyDictionary<string, SecretReference> NoSecrets { get; } = new Dictionary<string, SecretReference>();
}

/// <summary>One API key, known by its hash.</summary>
/// <param name="Sha256">SHA-256 of the key's UTF-8 bytes, 32 bytes. Keys carry 256 random bits, so no salt or stretching is needed.</param>
/// <param name="Demo">A published key: accepted on loopback only.</param>
public sealed record ApiKeyConfiguration(ReadOnlyMemory<byte> Sha256, bool Demo = false);

/// <summary>The configuration in force. Replaced as a whole when the file changes and is valid.</summary>
public interface IConfigurationSource
{
    /// <summary>The configuration in force now.</summary>
    ServerConfiguration Current { get; }

    /// <summary>Raised after <see cref="Current"/> was replaced.</summary>
    event Action? Changed;
}
