using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>Proves who sent a request, from its credential alone.</summary>
public interface ICallerAuthenticator
{
    /// <summary>The caller, or why there is none.</summary>
    ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context);
}
