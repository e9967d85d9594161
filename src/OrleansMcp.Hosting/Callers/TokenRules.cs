using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OrleansMcp.Configuration;

namespace OrleansMcp.Hosting.Callers;

/// <summary>What a token must be (RFC 8725, JSON Web Token Best Current Practices).</summary>
internal sealed class TokenRules(IdentityProviders providers) : IConfigureNamedOptions<JwtBearerOptions>
{
    private const long MaxMetadataBytes = 1024 * 1024;

    private static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_backchannelTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A key that the issuer has withdrawn is refused after this long at the latest.</summary>
    private static readonly TimeSpan s_metadataLifetime = TimeSpan.FromHours(1);

    /// <summary>A token with an unknown key makes the metadata be read again, this often at most.</summary>
    private static readonly TimeSpan s_leastRefresh = TimeSpan.FromSeconds(30);

    // Asymmetric algorithms only: with a symmetric one, this server could issue the tokens that it verifies.
    private static readonly string[] s_algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public void Configure(JwtBearerOptions options)
    {
        // Only schemes with a name verify anything.
    }

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (providers.IssuerOf(name) is not { } issuer)
        {
            return;
        }

        options.TokenValidationParameters = Parameters(issuer);
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.IncludeErrorDetails = false;
        options.ConfigurationManager = Metadata(issuer);
    }

    private static TokenValidationParameters Parameters(IssuerConfiguration issuer) => new()
    {
        ValidateIssuer = true,
        ValidIssuer = issuer.Issuer,
        ValidateAudience = true,
        RequireAudience = true,
        ValidAudiences = issuer.Audiences,
        ValidateLifetime = true,
        RequireExpirationTime = true,
        ClockSkew = s_clockSkew,
        RequireSignedTokens = true,
        ValidateIssuerSigningKey = true,
        ValidAlgorithms = s_algorithms,
    };

    private static ConfigurationManager<OpenIdConnectConfiguration> Metadata(IssuerConfiguration issuer) => new(
        issuer.Metadata.AbsoluteUri, new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever(Backchannel()) { RequireHttps = issuer.Metadata.Scheme == Uri.UriSchemeHttps })
    {
        AutomaticRefreshInterval = s_metadataLifetime,
        RefreshInterval = s_leastRefresh,

        // Would go on accepting the keys of former metadata, and so a key that was withdrawn because it leaked.
        UseLastKnownGoodConfiguration = false,
    };

    // Follows no redirects: metadata and keys come from where the configuration and the issuer say.
    private static HttpClient Backchannel() => new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = s_backchannelTimeout,
        MaxResponseContentBufferSize = MaxMetadataBytes,
    };
}
