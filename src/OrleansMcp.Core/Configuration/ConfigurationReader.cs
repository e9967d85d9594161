using System.Text.RegularExpressions;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Secrets.References;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>The schema of the configuration file.</summary>
internal sealed partial class ConfigurationReader(YamlErrors errors, SourceFiles files, IReadOnlyList<ISecretSource> secretSources)
{
    internal const string OtherThanId = "an id is made of lower-case letters, digits, '-' and '_', at most 64, beginning with a letter or digit.";
    internal const string OtherThanHash = "must be the SHA-256 of the key as 64 hexadecimal digits (see 'keys new').";

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_month = TimeSpan.FromDays(30);

    private readonly IdentityReader _identity = new(errors);
    private readonly SecretReferenceReader _secrets = new(errors, secretSources);
    private readonly OperatorReader _operators = new(errors);
    private readonly QuotaReader _quotas = new(errors);
    private readonly ClientCertificateReader _certificates = new(errors, files);
    private readonly Dictionary<string, string> _keyOwners = new(StringComparer.Ordinal);

    public ServerConfiguration Read(YamlNode root)
    {
        if (YamlSection.Of(root, "", errors) is not { } section)
        {
            return new ServerConfiguration();
        }

        var identity = section.Section("identity");
        var scopes = _identity.ReadScopes(identity);
        var tenants = section.Section("tenants") is { } found ? ReadTenants(found, scopes) : [];
        var configuration = new ServerConfiguration
        {
            Endpoint = section.Section("endpoint") is { } endpoint ? EndpointReader.Read(endpoint) : new(),
            Sessions = section.Section("sessions") is { } sessions ? ReadSessions(sessions) : new(),
            Records = section.Section("records") is { } records ? ReadRecords(records) : new(),
            ClientCertificates = _certificates.Read(section),
            Identity = identity is null ? new() : _identity.Read(identity, scopes, tenants),
            Memory = section.Section("memory") is { } memory ? EndpointReader.ReadMemory(memory) : new(),
            Scheduler = QuotaReader.ReadScheduler(section),
            Cache = CacheReader.Read(section, errors),
            Signals = SignalReader.Read(section),
            Tenants = tenants,
            Servers = new UpstreamReader(errors, _secrets).Read(section, tenants),
            Operators = _operators.Read(section, _keyOwners),
            Policies = new PolicyList(errors, files).Read(section),
        };
        section.RejectUnknown();
        return configuration;
    }

    private static SessionConfiguration ReadSessions(YamlSection section)
    {
        var defaults = new SessionConfiguration();
        var sessions = new SessionConfiguration
        {
            OnCap = QuotaReader.ReadOnCap(section) ?? defaults.OnCap,
            WithoutId = section.Text("withoutId", static text => text is "serve" or "refuse", "it must be 'serve' or 'refuse'.") == "refuse"
                ? OnMissingSessionId.Refuse
                : OnMissingSessionId.Serve,
            IdleTimeout = section.Duration("idleTimeout", defaults.IdleTimeout, s_second, s_month),
            Lifetime = section.Duration("lifetime", defaults.Lifetime, s_second, 12 * s_month),
            PassivateAfter = section.Duration("passivateAfter", defaults.PassivateAfter, s_second, s_month),
            MaxBufferedEvents = section.Integer("maxBufferedEvents", defaults.MaxBufferedEvents, 1, 100_000),
            MaxBufferedBytes = section.Integer("maxBufferedBytes", defaults.MaxBufferedBytes, 1024, 256 * 1024 * 1024),
            MaxConcurrentRequests = section.Integer("maxConcurrentRequests", defaults.MaxConcurrentRequests, 1, 100_000),
            MaxStateBytes = section.Integer("maxStateBytes", defaults.MaxStateBytes, 1024, SessionConfiguration.MostStateBytes),
            MaxSecrets = section.Integer("maxSecrets", defaults.MaxSecrets, 0, 1000),
            MaxSecretBytes = section.Integer("maxSecretBytes", defaults.MaxSecretBytes, 1, 1024 * 1024),
            InputTimeout = section.Duration("inputTimeout", defaults.InputTimeout, s_second, TimeSpan.FromDays(1)),
        };
        section.RejectUnknown();
        return sessions;
    }

    private static RecordsConfiguration ReadRecords(YamlSection section)
    {
        var defaults = new RecordsConfiguration();
        var records = new RecordsConfiguration
        {
            MaxNamespaces = section.Integer("maxNamespaces", defaults.MaxNamespaces, 0, 10_000),
            MaxRecords = section.Integer("maxRecords", defaults.MaxRecords, 1, 1_000_000),
            MaxBytes = section.Integer("maxBytes", defaults.MaxBytes, 1024, 1024 * 1024 * 1024),
        };
        section.RejectUnknown();
        return records;
    }

    private Dictionary<string, TenantConfiguration> ReadTenants(YamlSection section, ScopeConfiguration scopes)
    {
        var tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal);
        foreach (var (id, node, path) in section.Entries())
        {
            if (IsId(id, node, path) && YamlSection.Of(node, path, errors) is { } tenant)
            {
                var clients = tenant.Section("clients") is { } found ? ReadClients(id, found, scopes) : [];
                tenants[id] = new TenantConfiguration
                {
                    Id = id,
                    ReadmittedAt = tenant.Moment("readmittedAt"),
                    Quotas = QuotaReader.ReadTenant(tenant),
                    SessionQuotas = QuotaReader.ReadSession(tenant),
                    Clients = clients,
                };
                tenant.RejectUnknown();
            }
        }

        return tenants;
    }

    private Dictionary<string, ClientConfiguration> ReadClients(string tenant, YamlSection section, ScopeConfiguration scopes)
    {
        var clients = new Dictionary<string, ClientConfiguration>(StringComparer.Ordinal);
        foreach (var (id, node, path) in section.Entries())
        {
            if (IsId(id, node, path) && YamlSection.Of(node, path, errors) is { } client)
            {
                clients[id] = new ClientConfiguration
                {
                    Id = id,
                    ReadmittedAt = client.Moment("readmittedAt"),
                    Keys = [.. client.Items("keys").Select(item => ReadKey(item.Node, item.Path)).OfType<ApiKeyConfiguration>()],
                    Certificates = _certificates.ReadOf(client),
                    Scopes = IdentityReader.ReadClientScopes(client, scopes),
                    Secrets = _secrets.Read(client.Section("secrets")),
                    Permissions = PermissionReader.Read(client, tenant, errors),
                    Quotas = QuotaReader.ReadClient(client),
                    SessionQuotas = QuotaReader.ReadSession(client),
                    Egress = _quotas.ReadEgress(client),
                };
                client.RejectUnknown();
            }
        }

        return clients;
    }

    private ApiKeyConfiguration? ReadKey(YamlNode node, string path)
    {
        if (YamlSection.Of(node, path, errors) is not { } section)
        {
            return null;
        }

        var hash = section.Required("sha256");
        var demo = section.Flag("demo");
        section.RejectUnknown();
        if (hash is null)
        {
            return null;
        }

        if (!IsHash(hash.Value))
        {
            errors.Add(hash, section.PathOf("sha256"), OtherThanHash);
            return null;
        }

        if (!_keyOwners.TryAdd(hash.Value!.ToLowerInvariant(), path))
        {
            errors.Add(hash, section.PathOf("sha256"), $"is the key of {_keyOwners[hash.Value.ToLowerInvariant()]} already; a key names one client.");
            return null;
        }

        return new ApiKeyConfiguration(Convert.FromHexString(hash.Value), demo);
    }

    private bool IsId(string id, YamlNode node, string path)
    {
        if (IsId(id))
        {
            return true;
        }

        errors.Add(node, path, OtherThanId);
        return false;
    }

    internal static bool IsId(string id) => Id().IsMatch(id);

    internal static bool IsHash(string? text) => Hash().IsMatch(text ?? "");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"^[0-9a-fA-F]{64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hash();
}
