using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore.Authentication;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;

namespace OrleansMcp.Hosting.Callers;

/// <summary>
/// Callers from identity providers: tokens of the configured issuers beside API keys, and the metadata that leads clients to the issuers.
/// Follows the configuration while the process runs; without the section <c>identity</c> nothing but API keys is accepted.
/// </summary>
internal static class IdentityProviderExtensions
{
    // Keeps the web application from adding the authentication middleware by itself, which would build a handler for every request.
    private const string MiddlewareIsSet = "__AuthenticationMiddlewareSet";

    /// <summary>
    /// Registers the authentication of tokens. Comes before the front end, which adds what is missing, and keeps an authenticator of the
    /// application's own.
    /// </summary>
    public static IServiceCollection AddIdentityProviders(this IServiceCollection services)
    {
        services.AddTokenHandlers();
        services.AddResourceMetadata();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ApiKeyAuthenticator>();
        services.TryAddSingleton<IdentityProviders>();
        services.TryAddSingleton<TokenAuthenticator>();
        services.TryAddSingleton<ICallerAuthenticator, KeyOrTokenAuthenticator>();
        services.TryAddSingleton<IChallenger, ResourceChallenger>();
        return services;
    }

    /// <summary>Serves the metadata of the protected resource (RFC 9728, section 3). Comes before the endpoints.</summary>
    public static void UseIdentityProviders(this IApplicationBuilder app)
    {
        app.Properties[MiddlewareIsSet] = true;
        var documents = app.ApplicationServices.GetRequiredService<ResourceDocuments>();
        app.UseWhen(documents.IsMeant, branch => branch.Use(ResourceDocuments.AllowEveryOrigin).UseAuthentication());
    }

    // Registers less than AddAuthentication, which adds data protection with a key ring on disk that no handler here uses. Does not read
    // the options of a scheme from the environment, as AddJwtBearer does: only the configuration file names trusted issuers.
    private static void AddTokenHandlers(this IServiceCollection services)
    {
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        services.TryAddTransient<JwtBearerHandler>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JwtBearerOptions>, TokenRules>());
    }

    private static void AddResourceMetadata(this IServiceCollection services)
    {
        new AuthenticationBuilder(services).AddMcp();
        services.TryAddSingleton<ResourceDocuments>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<McpAuthenticationOptions>, ResourceMetadataOptions>());
    }
}
