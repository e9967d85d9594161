namespace OrleansMcp.Configuration;

/// <summary>Whose tokens are accepted beside API keys, and what their scopes mean. Without issuers no token is accepted.</summary>
public sealed record IdentityConfiguration
{
    /// <summary>
    /// This server as its clients and the issuers know it: the URL of the MCP endpoint (RFC 9728 and RFC 8707, <c>resource</c>). Null
    /// only without issuers.
    /// </summary>
    public Uri? Resource { get; init; }

    /// <summary>Where clients get tokens; told to clients only. Default: the issuers.</summary>
    public IReadOnlyList<string> AuthorizationServers { get; init; } = [];

    /// <summary>The trusted issuers.</summary>
    public IReadOnlyList<IssuerConfiguration> Issuers { get; init; } = [];

    /// <summary>What scopes mean.</summary>
    public ScopeConfiguration Scopes { get; init; } = new();

    /// <summary>
    /// What clients put before a scope when they ask for it, and tokens leave out: <c>api://app-id/</c> with Entra ID. Default: nothing.
    /// </summary>
    public string ScopePrefix { get; init; } = "";

    /// <summary>The scopes told to clients in the resource metadata. Default: those that mean something.</summary>
    public IReadOnlyList<string> ScopesSupported { get; init; } = [];

    /// <summary>The scopes a client without a token is told to ask for first. Default: all supported.</summary>
    public IReadOnlyList<string> InitialScopes { get; init; } = [];
}

/// <summary>
/// A trusted OpenID Connect issuer and how its tokens name a registered client. An issuer without <see cref="Tenant"/> and
/// <see cref="Tenants"/> may speak for every tenant.
/// </summary>
public sealed record IssuerConfiguration
{
    /// <summary>The issuer, exactly as its tokens and its discovery document say it.</summary>
    public required string Issuer { get; init; }

    /// <summary>Its discovery document. Default: the issuer with <c>/.well-known/openid-configuration</c>.</summary>
    public required Uri Metadata { get; init; }

    /// <summary>A token must be for one of these. Default: the resource.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>The one tenant that all tokens of this issuer belong to; null: the token says.</summary>
    public string? Tenant { get; init; }

    /// <summary>The claim that names the tenant. Default <c>tid</c>.</summary>
    public string TenantClaim { get; init; } = "tid";

    /// <summary>Tenant ids by value of the tenant claim; other values are refused. Null: the value is the id.</summary>
    public IReadOnlyDictionary<string, string>? Tenants { get; init; }

    /// <summary>Claims that name the client; the first one present counts. Default <c>azp</c>, <c>appid</c>, <c>client_id</c>.</summary>
    public IReadOnlyList<string> ClientClaims { get; init; } = ["azp", "appid", "client_id"];

    /// <summary>Client ids by value of the client claim; other values are refused. Null: the value is the id.</summary>
    public IReadOnlyDictionary<string, string>? Clients { get; init; }

    /// <summary>The claim that names the subject. Default <c>sub</c>.</summary>
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>Claims that hold scopes, as a list or separated by spaces. Default <c>scope</c>, <c>scp</c>.</summary>
    public IReadOnlyList<string> ScopeClaims { get; init; } = ["scope", "scp"];

    /// <summary>The claim that holds roles, one or a list, for tools (<see cref="CallerClaims.Role"/>). Default <c>roles</c>.</summary>
    public string RolesClaim { get; init; } = "roles";

    /// <summary>
    /// Other claims that tools see, under their own names. A token with more than <see cref="MaxClaims"/> values of these and roles
    /// together, or with one longer than <see cref="MaxClaimLength"/>, is refused: a tool could take what was left out for not given. Default: none.
    /// </summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>Whether its tokens can be those of clients of a tenant.</summary>
    internal bool SpeaksFor(string tenant) => Tenant is not null ? Tenant == tenant : Tenants?.Values.Contains(tenant, StringComparer.Ordinal) != false;

    /// <summary>How many claims a caller carries to each of its calls.</summary>
    public const int MaxClaims = 64;

    /// <summary>How long the value of a claim may be, characters.</summary>
    public const int MaxClaimLength = 256;
}
