using System.Security.Claims;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// The verified caller of a call as the SDK shows it to handlers and filters (<c>ClaimsPrincipal</c> parameters, <c>RequestContext.User</c>,
/// <c>[Authorize]</c>). It is made from what the front end verified, so that it is the same wherever the session lives.
/// </summary>
internal static class CallerPrincipal
{
    private const string AuthenticationType = "OrleansMcp";

    /// <summary>A principal of the call's own: what a handler adds to it is gone with the call.</summary>
    public static ClaimsPrincipal Of(Caller caller) => new(new ClaimsIdentity(ClaimsOf(caller), AuthenticationType, CallerClaims.Subject, CallerClaims.Role));

    private static IEnumerable<Claim> ClaimsOf(Caller caller)
    {
        yield return new(CallerClaims.Subject, caller.Subject);
        yield return new(CallerClaims.Client, caller.Client);
        yield return new(CallerClaims.Tenant, caller.Tenant);
        foreach (var scope in caller.Scopes ?? Enumerable.Empty<string>())
        {
            yield return new(CallerClaims.Scope, scope);
        }

        foreach (var (type, value) in caller.Claims)
        {
            yield return new(type, value);
        }
    }
}
