using Microsoft.AspNetCore.Authentication;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Hosting.Callers;

/// <summary>Tells a client where the metadata of the resource is, in the words of the MCP authentication handler, and what to ask for.</summary>
internal sealed class ResourceChallenger(IdentityProviders providers, IConfigurationSource configuration) : IChallenger
{
    private const string Parameter = "resource_metadata=\"";

    public async ValueTask<Challenge> ChallengeAsync(HttpContext context, Refusal refusal)
    {
        var challenge = Challenge.Of(refusal);
        if (providers.ChallengeScheme is not { } scheme)
        {
            return challenge;
        }

        await context.ChallengeAsync(scheme);
        var identity = configuration.Current.Identity;
        return challenge with
        {
            ResourceMetadata = MetadataIn(context.Response.Headers.WWWAuthenticate.ToString()),
            Scopes = challenge.Scopes.Count > 0 ? [.. challenge.Scopes.Select(scope => identity.ScopePrefix + scope)] : identity.InitialScopes,
        };
    }

    private static string? MetadataIn(string header)
    {
        var start = header.IndexOf(Parameter, StringComparison.Ordinal);
        var end = start < 0 ? -1 : header.IndexOf('"', start + Parameter.Length);
        return end < 0 ? null : header[(start + Parameter.Length)..end];
    }
}
