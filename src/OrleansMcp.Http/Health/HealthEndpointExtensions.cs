using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansMcp.Hosting;

namespace OrleansMcp.Http;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can serve.</summary>
public static class HealthEndpointExtensions
{
    private const string Alive = "/healthz";
    private const string Ready = "/readyz";

    /// <summary>Whether it is the path of one of them.</summary>
    public static bool IsHealth(PathString path) => path == Alive || path == Ready;

    /// <summary>Maps both. They need no credential and tell nothing about tenants.</summary>
    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Alive, ["GET", "HEAD"], (RequestDelegate)(context => TextAsync(context, StatusCodes.Status200OK, "alive\n")));
        routes.MapMethods(Ready, ["GET", "HEAD"], (RequestDelegate)ReadyAsync);
    }

    private static async Task ReadyAsync(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            await TextAsync(context, StatusCodes.Status503ServiceUnavailable, "stopping\n");
            return;
        }

        foreach (var probe in context.RequestServices.GetServices<IReadinessProbe>())
        {
            if (await probe.ProblemAsync(context.RequestAborted) is { } problem)
            {
                await TextAsync(context, StatusCodes.Status503ServiceUnavailable, $"{probe.Name}: {problem}\n");
                return;
            }
        }

        await TextAsync(context, StatusCodes.Status200OK, "ready\n");
    }

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text);
    }
}
