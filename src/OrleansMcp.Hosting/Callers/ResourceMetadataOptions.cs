using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Authentication;
using OrleansMcp.Configuration;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Hosting.Callers;

/// <summary>
/// The options of the MCP authentication handler, which serves the documents under its default scheme and points to them under a scheme
/// named by their URL. That URL comes from the configuration, never from the request: behind a proxy the request knows neither the scheme
/// nor the host that clients use.
/// </summary>
internal sealed class ResourceMetadataOptions(IConfigurationSource configuration) : IConfigureNamedOptions<McpAuthenticationOptions>
{
    public const string WellKnown = "/.well-known/oauth-protected-resource";
    private const string Prefix = "metadata ";

    /// <summary>The scheme that points to the metadata.</summary>
    public static string? SchemeOf(IdentityConfiguration identity) =>
        identity.Resource is { } resource ? Prefix + new Uri(resource, PathOf(resource)) : null;

    /// <summary>Where the metadata of a resource is (RFC 9728, section 3.1).</summary>
    public static string PathOf(Uri resource) => WellKnown + resource.AbsolutePath.TrimEnd('/');

    public void Configure(McpAuthenticationOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, McpAuthenticationOptions options)
    {
        options.ForwardAuthenticate = null;
        options.ResourceMetadataUri = name?.StartsWith(Prefix, StringComparison.Ordinal) == true ? new Uri(name[Prefix.Length..]) : null;
        options.Events.OnResourceMetadataRequest = context =>
        {
            context.ResourceMetadata = Describe(configuration.Current.Identity);
            return Task.CompletedTask;
        };
    }

    private static ProtectedResourceMetadata Describe(IdentityConfiguration identity) => new()
    {
        Resource = identity.Resource?.OriginalString,
        AuthorizationServers = [.. identity.AuthorizationServers],
        ScopesSupported = [.. identity.ScopesSupported],
        BearerMethodsSupported = ["header"],
    };
}
