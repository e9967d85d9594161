using Microsoft.AspNetCore.Http;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Callers;

/// <summary>Proves who sent a request, from its credential alone.</summary>
public interface ICallerAuthenticator
{
    /// <summary>The caller, or null when the request carries no valid credential (401).</summary>
    Caller? Authenticate(HttpContext context);
}
