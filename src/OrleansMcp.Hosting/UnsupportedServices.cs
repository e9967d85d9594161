using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;
using System.Reflection;

namespace OrleansMcp.Hosting;

/// <summary>The services as they were registered, for <see cref="UnsupportedServices"/>, which looks once all are.</summary>
internal sealed record RegisteredServices(IServiceCollection All);

/// <summary>
/// What an MCP server of the C# SDK may have registered, and sessions in grains cannot serve: it is refused when the application starts, by
/// name, because it would be ignored otherwise.
/// </summary>
internal static class UnsupportedServices
{
    private const string HttpTransport = "ModelContextProtocol.AspNetCore.StreamableHttpHandler";
    private const string Transport = "ModelContextProtocol.Protocol.ITransport";
    private const string AuthorizationFilters = "ModelContextProtocol.AspNetCore.AuthorizationFilterSetup";

    /// <exception cref="McpOptionException">Something is registered that cannot be honoured.</exception>
    public static void Refuse(IServiceProvider services)
    {
        var registered = services.GetRequiredService<RegisteredServices>().All;
        RefuseTransport(registered);
        var options = services.GetRequiredService<Microsoft.Extensions.Options.IOptions<McpServerOptions>>().Value;
        var primitives = new IEnumerable<IMcpServerPrimitive>?[] { options.ToolCollection, options.PromptCollection, options.ResourceCollection }
            .SelectMany(static collection => collection ?? []).ToArray();
        var filters = registered.Any(service => IsNamed(service.ImplementationType, AuthorizationFilters));
        foreach (var primitive in primitives)
        {
            RefuseHttpContext(primitive);
            if (!filters && primitive.Metadata.OfType<IAuthorizeData>().Any())
            {
                throw new McpOptionException(
                    $"'{primitive.Id}' has [Authorize] and nothing enforces it", "Call AddMcpServer().AddAuthorizationFilters().");
            }
        }
    }

    private static void RefuseTransport(IServiceCollection registered)
    {
        if (registered.Any(service => IsNamed(service.ServiceType, HttpTransport)))
        {
            throw new McpOptionException("WithHttpTransport()", "Remove it, and MapMcp(): AddOrleansMcp() and MapOrleansMcp() are in their place.");
        }

        if (registered.Any(service => IsNamed(service.ServiceType, Transport)))
        {
            throw new McpOptionException("A transport of its own", "Remove it: AddOrleansMcp() serves Streamable HTTP.");
        }
    }

    private static void RefuseHttpContext(IMcpServerPrimitive primitive)
    {
        if (primitive.Metadata.OfType<MethodInfo>().Any(TakesHttpContext))
        {
            throw new McpOptionException(
                $"'{primitive.Id}' takes an HttpContext", "A session may live in another process than its client's connection: take ISessionContext or ClaimsPrincipal.");
        }
    }

    private static bool TakesHttpContext(MethodInfo method) =>
        method.GetParameters().Any(IsHttp) || (!method.IsStatic && method.DeclaringType?.GetConstructors().Any(one => one.GetParameters().Any(IsHttp)) == true);

    private static bool IsHttp(ParameterInfo parameter) => parameter.ParameterType == typeof(HttpContext) || parameter.ParameterType == typeof(IHttpContextAccessor);

    private static bool IsNamed(Type? type, string name) => type?.FullName == name;
}
