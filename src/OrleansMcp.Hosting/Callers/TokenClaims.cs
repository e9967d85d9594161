using System.Security.Claims;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Hosting.Callers;

/// <summary>Reads the caller from the claims of a verified token, as the configuration of its issuer says.</summary>
internal static class TokenClaims
{
    private const int MaxSubjectLength = 255; // OpenID Connect Core, section 2

    /// <summary>The caller; null when a claim is missing or ambiguous, names what is not registered, or is more than a call may carry.</summary>
    public static Caller? Caller(ClaimsPrincipal token, IssuerConfiguration issuer, ServerConfiguration configuration)
    {
        var tenant = issuer.Tenant ?? Mapped(Single(token, issuer.TenantClaim), issuer.Tenants);
        var client = Mapped(issuer.ClientClaims.Select(claim => Single(token, claim)).FirstOrDefault(value => value is not null), issuer.Clients);
        var subject = Single(token, issuer.SubjectClaim);
        if (tenant is null || client is null || subject is not { Length: > 0 and <= MaxSubjectLength }
            || configuration.FindClient(tenant, client) is not { } registration || ForTools(token, issuer) is not { } claims)
        {
            return null;
        }

        // A subject is unique within its issuer only, and an API key's subject is its client's id: neither may become the other's owner.
        return new Caller(tenant, client, $"{issuer.Issuer}#{subject}") { Scopes = Narrow(Scopes(token, issuer), registration), Claims = claims };
    }

    /// <summary>Roles and what else tools may see; null when that is more than a call may carry.</summary>
    private static CallerClaim[]? ForTools(ClaimsPrincipal token, IssuerConfiguration issuer)
    {
        var roles = token.FindAll(issuer.RolesClaim).Select(static claim => new CallerClaim(CallerClaims.Role, claim.Value));
        var others = issuer.Claims.SelectMany(token.FindAll).Select(static claim => new CallerClaim(claim.Type, claim.Value));
        var claims = roles.Concat(others).Take(IssuerConfiguration.MaxClaims + 1).ToArray();
        return claims.Length <= IssuerConfiguration.MaxClaims && claims.All(static claim => claim.Value.Length <= IssuerConfiguration.MaxClaimLength) ? claims : null;
    }

    // A token takes away from what the registration grants and adds nothing to it.
    private static HashSet<string> Narrow(HashSet<string> scopes, ClientConfiguration registration)
    {
        if (registration.Scopes is { } most)
        {
            scopes.IntersectWith(most);
        }

        return scopes;
    }

    private static HashSet<string> Scopes(ClaimsPrincipal token, IssuerConfiguration issuer) => issuer.ScopeClaims
        .SelectMany(token.FindAll)
        .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToHashSet(StringComparer.Ordinal);

    // Accepts one string only: numbers and objects have more than one spelling, and of two values it is ambiguous which one identifies the caller.
    private static string? Single(ClaimsPrincipal token, string name) =>
        token.FindAll(name).Take(2).ToArray() is [{ ValueType: ClaimValueTypes.String } claim] ? claim.Value : null;

    private static string? Mapped(string? value, IReadOnlyDictionary<string, string>? map) =>
        value is null || map is null ? value : map.GetValueOrDefault(value);
}
