using System.Security.Claims;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// The verified caller of a call as the SDK shows it to handlers and filters (<c>ClaimsPrincipal</c> parameters,
/// <c>RequestContext.User</c>, <c>[Authorize]</c>). Made from the verified <see cref="Caller"/>, so that it is the same on every silo.
/// </summary>
internal static class CallerPrincipal
{
    private const string AuthenticationType = "OrleansMcp";

    /// <summary>A new principal for each call: claims that a handler adds do not outlive it.</summary>
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
