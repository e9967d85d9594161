using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>Authenticates the caller of a request by its credential alone.</summary>
public interface ICallerAuthenticator
{
    /// <summary>The caller, or the refusal.</summary>
    ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context);
}
