using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Configuration.Upstreams;
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

    /// <summary>Other MCP servers, of which each session gets a connection of its own, by name.</summary>
    public IReadOnlyDictionary<string, UpstreamConfiguration> Servers
    {
        get;
        init
        {
            field = value;
            ExchangesTokens = value.Values.Any(static server => server.Credential?.Exchange is not null);
        }
    } = new Dictionary<string, UpstreamConfiguration>();

    /// <summary>Whether one of <see cref="Servers"/> wants tokens of callers exchanged, so that front ends hand them to sessions.</summary>
    public bool ExchangesTokens { get; private init; }

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
