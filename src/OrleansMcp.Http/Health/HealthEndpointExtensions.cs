using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansMcp.Http;

/// <summary><c>/healthz</c>: the process is alive. <c>/readyz</c>: it can serve requests.</summary>
public static class HealthEndpointExtensions
{
    private const string Alive = "/healthz";
    private const string Ready = "/readyz";

    /// <summary>Whether this is the path of a health endpoint.</summary>
    public static bool IsHealth(PathString path) => path == Alive || path == Ready;

    /// <summary>
    /// Registers the health checks and the first of them. Each component that is needed to serve adds its own. Descriptions of checks are
    /// public.
    /// </summary>
    public static IServiceCollection AddHealthEndpoints(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<StoppingHealthCheck>(StoppingHealthCheck.Name);
        return services;
    }

    /// <summary>Maps both endpoints. They need no credential and reveal nothing about tenants.</summary>
    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapHealth(Alive, new() { Predicate = static _ => false, ResponseWriter = HealthReportWriter.WriteAliveAsync });

        // A stopping process runs no other check, as these may hang while it stops.
        var stopping = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        routes.MapHealth(Ready, new()
        {
            Predicate = check => check.Name == StoppingHealthCheck.Name || !stopping.IsCancellationRequested,
            ResponseWriter = HealthReportWriter.WriteReadyAsync,
        });
    }

    private static void MapHealth(this IEndpointRouteBuilder routes, string path, HealthCheckOptions options)
    {
        options.AllowCachingResponses = true; // writes no cache headers
        routes.MapHealthChecks(path, options).WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    }
}
