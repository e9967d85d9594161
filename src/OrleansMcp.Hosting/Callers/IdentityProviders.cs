using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore.Authentication;
using OrleansMcp.Configuration;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Hosting.Callers;

/// <summary>An issuer and the scheme that verifies its tokens.</summary>
internal sealed record TrustedIssuer(IssuerConfiguration Configuration, TokenScheme Scheme);

/// <summary>
/// The issuers of the configuration in force, each with an authentication scheme of its own. A scheme is named by all that its options
/// depend on, so that a changed file leads to other schemes and never to changed ones; schemes of former files are not asked any more and
/// stay, because a request may be on its way through them.
/// </summary>
internal sealed class IdentityProviders(
    IConfigurationSource configuration, IAuthenticationSchemeProvider schemes, IServiceProvider services, TimeProvider time,
    ILogger<IdentityProviders> logger)
{
    private readonly ConcurrentDictionary<string, TokenScheme> _tokenSchemes = new(StringComparer.Ordinal);
    private readonly Lock _following = new();
    private volatile Snapshot? _snapshot;

    public TrustedIssuer? Find(string issuer) => Current().Issuers.GetValueOrDefault(issuer);

    /// <summary>The scheme that points to the metadata of the resource; null without issuers.</summary>
    public string? ChallengeScheme => Current().ChallengeScheme;

    /// <summary>The issuer whose tokens the scheme verifies, or null.</summary>
    public IssuerConfiguration? IssuerOf(string? scheme) => scheme is not null ? _tokenSchemes.GetValueOrDefault(scheme)?.Issuer : null;

    private Snapshot Current()
    {
        var snapshot = _snapshot;
        return snapshot is not null && ReferenceEquals(snapshot.Source, configuration.Current) ? snapshot : Follow();
    }

    private Snapshot Follow()
    {
        lock (_following)
        {
            var source = configuration.Current;
            var issuers = source.Identity.Issuers.ToFrozenDictionary(issuer => issuer.Issuer, issuer => new TrustedIssuer(issuer, SchemeOf(issuer)));
            return _snapshot = new Snapshot(source, issuers, issuers.Count > 0 ? ChallengeSchemeOf(source.Identity) : null);
        }
    }

    private TokenScheme SchemeOf(IssuerConfiguration issuer)
    {
        var name = $"token {issuer.Issuer} {issuer.Metadata} {string.Join(' ', issuer.Audiences)}";
        var scheme = _tokenSchemes.GetOrAdd(name, _ => new TokenScheme(
            name, issuer, services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>, time, logger));
        schemes.TryAddScheme(new AuthenticationScheme(name, displayName: null, typeof(JwtBearerHandler)));
        return scheme;
    }

    private string? ChallengeSchemeOf(IdentityConfiguration identity)
    {
        var name = ResourceMetadataOptions.SchemeOf(identity);
        if (name is not null)
        {
            schemes.TryAddScheme(new AuthenticationScheme(name, displayName: null, typeof(McpAuthenticationHandler)));
        }

        return name;
    }

    private sealed record Snapshot(ServerConfiguration Source, FrozenDictionary<string, TrustedIssuer> Issuers, string? ChallengeScheme);
}
