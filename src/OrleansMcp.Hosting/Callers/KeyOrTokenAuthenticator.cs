using OrleansMcp.Http.Admission.Callers;

namespace OrleansMcp.Hosting.Callers;

/// <summary>A credential of three parts with dots between them is a token (RFC 7515, section 3.1); every other one is an API key.</summary>
internal sealed class KeyOrTokenAuthenticator(ApiKeyAuthenticator keys, TokenAuthenticator tokens) : ICallerAuthenticator
{
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context) =>
        BearerCredential.Of(context.Request).Count('.') == 2 ? tokens.AuthenticateAsync(context) : keys.AuthenticateAsync(context);
}
