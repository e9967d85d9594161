using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Secrets.Callers;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>
/// Takes the callers' tokens out of requests for their sessions, where a configured server wants them exchanged. Elsewhere no request is looked at twice.
/// </summary>
internal sealed class VerifiedTokens(IConfigurationSource configuration)
{
    /// <summary>Notes that a request was authenticated by a token.</summary>
    public void Note(HttpContext context, AuthenticationOutcome outcome)
    {
        if (outcome.IsByToken && configuration.Current.ExchangesTokens)
        {
            context.Features.Set(Mark.Instance);
        }
    }

    /// <summary>The token that a request was authenticated by, which the caller disposes of; null for other requests.</summary>
    public CallerToken? Of(HttpContext context) =>
        configuration.Current.ExchangesTokens && context.Features.Get<Mark>() is not null ? CallerToken.Of(BearerCredential.Of(context.Request)) : null;

    private sealed class Mark
    {
        public static Mark Instance { get; } = new();
    }
}
