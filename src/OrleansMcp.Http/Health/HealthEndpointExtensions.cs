using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansMcp.Http;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can serve.</summary>
public static class HealthEndpointExtensions
{
    private const string Alive = "/healthz";
    private const string Ready = "/readyz";

    /// <summary>Whether it is the path of one of them.</summary>
    public static bool IsHealth(PathString path) => path == Alive || path == Ready;

    /// <summary>
    /// Registers the health checks of the process, the first of them. Each part that is needed in order to serve adds one of its own; what its
    /// description says is seen by everybody.
    /// </summary>
    public static IServiceCollection AddHealthEndpoints(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<StoppingHealthCheck>(StoppingHealthCheck.Name);
        return services;
    }

    /// <summary>Maps both. They need no credential and tell nothing about tenants.</summary>
    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapHealth(Alive, new() { Predicate = static _ => false, ResponseWriter = HealthReportWriter.WriteAliveAsync });

        // A process that stops says so at once, and does not ask first what may not answer any more.
        var stopping = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        routes.MapHealth(Ready, new()
        {
            Predicate = check => check.Name == StoppingHealthCheck.Name || !stopping.IsCancellationRequested,
            ResponseWriter = HealthReportWriter.WriteReadyAsync,
        });
    }

    private static void MapHealth(this IEndpointRouteBuilder routes, string path, HealthCheckOptions options)
    {
        options.AllowCachingResponses = true; // no headers about it
        routes.MapHealthChecks(path, options).WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    }
}
