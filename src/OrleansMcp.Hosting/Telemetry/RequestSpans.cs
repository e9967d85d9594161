using OpenTelemetry.Instrumentation.AspNetCore;
using OrleansMcp.Http;

namespace OrleansMcp.Hosting.Telemetry;

/// <summary>Of HTTP requests, all are exported but those of health probes, which come every few seconds, and by route: paths hold what clients chose.</summary>
internal static class RequestSpans
{
    public static void Configure(AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = static context => !HealthEndpointExtensions.IsHealth(context.Request.Path);
        options.EnrichWithHttpRequest = static (span, _) => span.SetTag("url.path", null);
    }
}
