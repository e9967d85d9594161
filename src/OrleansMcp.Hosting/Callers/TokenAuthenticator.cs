using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.JsonWebTokens;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Hosting.Callers;

/// <summary>The caller whom a token of a trusted issuer names.</summary>
internal sealed partial class TokenAuthenticator(
    IdentityProviders providers, IConfigurationSource configuration, ILogger<TokenAuthenticator> logger) : ICallerAuthenticator
{
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context) =>
        ClaimedIssuer(BearerCredential.Of(context.Request)) is { } claimed && providers.Find(claimed) is { } issuer
            ? AuthenticateAsync(context, issuer)
            : new(Refusal.InvalidCredential);

    private async ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, TrustedIssuer issuer)
    {
        if (!await issuer.Scheme.IsReadyAsync(context.RequestAborted))
        {
            return Refusal.Undecided(TokenScheme.Pause);
        }

        var result = await context.AuthenticateAsync(issuer.Scheme.Name);
        if (result.Principal is not { } principal)
        {
            return Refusal.InvalidCredential;
        }

        if (TokenClaims.Caller(principal, issuer.Configuration, configuration.Current) is { } caller)
        {
            return AuthenticationOutcome.ByToken(caller);
        }

        LogNotRegistered(logger, issuer.Configuration.Issuer);
        return Refusal.InvalidCredential;
    }

    // Not verified: chooses who verifies, and nothing else.
    private static string? ClaimedIssuer(ReadOnlySpan<char> token)
    {
        try
        {
            return new JsonWebToken(token.ToString()).Issuer;
        }
        catch (ArgumentException)
        {
            return null; // Not a token.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A valid token of {Issuer} names no registered tenant, client and subject, or has more claims for tools than a caller may carry.")]
    private static partial void LogNotRegistered(ILogger logger, string issuer);
}
