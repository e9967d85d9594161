using OrleansMcp.Configuration.Names;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>The schema of the section <c>identity</c>.</summary>
internal sealed class IdentityReader(YamlErrors errors)
{
    private const string OtherThanScope = "must be a scope: printable ASCII without spaces, quotes and backslashes (RFC 6749, section 3.3).";
    private const string OtherThanClaim = "must be the name of a claim.";
    private const string OtherThanToolClaim = "must be the name of a claim, and none that tools get by other ways: sub, client_id, tenant, scope, roles.";
    private const string OtherThanUrl = "must be an https URL without query and fragment (http on loopback only).";

    private static readonly string[] s_ours = [CallerClaims.Subject, CallerClaims.Client, CallerClaims.Tenant, CallerClaims.Scope, CallerClaims.Role];

    /// <summary>What scopes mean; read first, because client registrations name them.</summary>
    public ScopeConfiguration ReadScopes(YamlSection? identity)
    {
        List<KeyValuePair<string, IReadOnlyList<string>>> scopes = [];
        if (identity?.Section("scopes") is not { } section)
        {
            return new ScopeConfiguration();
        }

        foreach (var (name, node, path) in section.Entries())
        {
            if (!IsScope(name))
            {
                errors.Add(node, path, OtherThanScope);
            }

            scopes.Add(new(name, PermissionReader.ReadScope(section, name, errors)));
        }

        return new ScopeConfiguration(scopes);
    }

    /// <summary>The scopes of a client registration; null when it names none.</summary>
    public static IReadOnlySet<string>? ReadClientScopes(YamlSection client, ScopeConfiguration scopes)
    {
        var granted = client.Texts(
            "scopes", scopes.Names.Contains, text => $"must be one of the keys of identity.scopes. {NearestName.Hint(text, [.. scopes.Names])}");
        return client.Has("scopes") ? granted.ToHashSet(StringComparer.Ordinal) : null;
    }

    /// <summary>The whole section.</summary>
    public IdentityConfiguration Read(YamlSection section, ScopeConfiguration scopes, IReadOnlyDictionary<string, TenantConfiguration> tenants)
    {
        var resource = Url(section, "resource");
        var issuers = ReadIssuers(section, resource, tenants);
        if (issuers.Count > 0 && !section.Has("resource"))
        {
            section.Required("resource");
        }

        var prefix = section.Text("scopePrefix", IsScope, OtherThanScope) ?? "";
        var supported = Or(section.Texts("scopesSupported", IsScope, OtherThanScope), [.. scopes.Names.Select(name => prefix + name)]);
        var identity = new IdentityConfiguration
        {
            Resource = resource,
            Issuers = issuers,
            AuthorizationServers = Or(section.Texts("authorizationServers", text => UrlOf(text) is not null, OtherThanUrl), [.. issuers.Select(one => one.Issuer)]),
            Scopes = scopes,
            ScopePrefix = prefix,
            ScopesSupported = supported,
            InitialScopes = Or(
                section.Texts("initialScopes", supported.Contains, text => $"must be one of the supported scopes. {NearestName.Hint(text, supported)}"), supported),
        };
        section.RejectUnknown();
        return identity;
    }

    private List<IssuerConfiguration> ReadIssuers(YamlSection section, Uri? resource, IReadOnlyDictionary<string, TenantConfiguration> tenants)
    {
        List<IssuerConfiguration> issuers = [];
        foreach (var (node, path) in section.Items("issuers"))
        {
            if (YamlSection.Of(node, path, errors) is { } item && ReadIssuer(item, resource, tenants) is { } issuer)
            {
                if (issuers.Any(other => other.Issuer == issuer.Issuer))
                {
                    errors.Add(node, path, "is an issuer of this list already; its tokens could not be told apart.");
                }

                issuers.Add(issuer);
            }
        }

        return issuers;
    }

    private IssuerConfiguration? ReadIssuer(YamlSection section, Uri? resource, IReadOnlyDictionary<string, TenantConfiguration> tenants)
    {
        var text = section.Required("issuer")?.Value;
        var url = Url(section, "issuer");
        var metadata = Url(section, "metadata");
        string UnknownTenant(string text) => $"must be the id of a configured tenant. {NearestName.Hint(text, [.. tenants.Keys])}";
        var defaults = new IssuerConfiguration { Issuer = "", Metadata = new("urn:none"), Audiences = [] };
        var issuer = defaults with
        {
            Issuer = text ?? "",
            Audiences = Or(section.Texts("audiences", IsText, "must be an audience."), resource is null ? [] : [resource.OriginalString]),
            Tenant = section.Text("tenant", tenants.ContainsKey, UnknownTenant),
            TenantClaim = section.Text("tenantClaim", IsText, OtherThanClaim) ?? defaults.TenantClaim,
            Tenants = section.Map("tenants", tenants.ContainsKey, UnknownTenant),
            ClientClaims = Or(section.Texts("clientClaims", IsText, OtherThanClaim), defaults.ClientClaims),
            SubjectClaim = section.Text("subjectClaim", IsText, OtherThanClaim) ?? defaults.SubjectClaim,
            ScopeClaims = Or(section.Texts("scopeClaims", IsText, OtherThanClaim), defaults.ScopeClaims),
            RolesClaim = section.Text("rolesClaim", IsText, OtherThanClaim) ?? defaults.RolesClaim,
            Claims = section.Texts("claims", static text => IsText(text) && !s_ours.Contains(text), OtherThanToolClaim),
        };
        if (section.Has("tenant") && (section.Has("tenants") || section.Has("tenantClaim")))
        {
            errors.Add(section.Node, section.PathOf("tenant"), "stands alone: with it, no claim names the tenant.");
        }

        issuer = issuer with { Clients = ReadClients(section, tenants.Values.Where(tenant => issuer.SpeaksFor(tenant.Id))) };
        section.RejectUnknown();
        return url is null ? null : issuer with { Metadata = metadata ?? new Uri(url.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration") };
    }

    /// <summary>The clients that its tokens can be of: those of the tenants that it speaks for.</summary>
    private static Dictionary<string, string>? ReadClients(YamlSection section, IEnumerable<TenantConfiguration> tenants)
    {
        var clients = tenants.SelectMany(tenant => tenant.Clients.Keys).ToHashSet(StringComparer.Ordinal);
        return section.Map("clients", clients.Contains, text => $"must be the id of a client that is configured in a tenant of this issuer. {NearestName.Hint(text, clients)}");
    }

    private Uri? Url(YamlSection section, string key) =>
        section.Text(key, text => UrlOf(text) is not null, OtherThanUrl) is { } text ? UrlOf(text) : null;

    private static Uri? UrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
        && url is { Query: "", Fragment: "", UserInfo: "" }
            ? url
            : null;

    private static IReadOnlyList<string> Or(IReadOnlyList<string> list, IReadOnlyList<string> otherwise) => list.Count > 0 ? list : otherwise;

    private static bool IsText(string text) => text.Length > 0;

    private static bool IsScope(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('"', '\\');
}
