using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Diagnostics;
using Orleans.Hosting;
using OrleansMcp.Sessions;

namespace OrleansMcp.Hosting.Telemetry;

/// <summary>Logs, metrics and traces over OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; none of it otherwise.</summary>
internal static class TelemetryExtensions
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (!IsExported(builder.Configuration))
        {
            return;
        }

        // What the environment says of the resource is read again at the end, so that it may also rename the service.
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("orleansmcp").AddEnvironmentVariableDetector())
            .WithLogging(configureBuilder: null, static logs => logs.IncludeFormattedMessage = true)
            .WithMetrics(static metrics => metrics.AddMeter(
                SessionMetrics.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"))
            .WithTracing(AddTraces)
            .UseOtlpExporter();
    }

    /// <summary>Lets a trace go on through grain calls, where traces are exported: the filters of Orleans cost each call something.</summary>
    public static void AddTelemetry(this ISiloBuilder silo)
    {
        if (IsExported(silo.Configuration))
        {
            silo.AddActivityPropagation();
        }
    }

    /// <inheritdoc cref="AddTelemetry(ISiloBuilder)"/>
    public static void AddTelemetry(this IClientBuilder client)
    {
        if (IsExported(client.Configuration))
        {
            client.AddActivityPropagation();
        }
    }

    /// <summary>The exporter reads the same variable from the same place.</summary>
    private static bool IsExported(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[EndpointVariable]);

    /// <summary>Orleans takes grains of every namespace that begins with its own name, as ours does, for its runtime's.</summary>
    private static void AddTraces(TracerProviderBuilder traces) => traces
        .AddAspNetCoreInstrumentation(RequestSpans.Configure)
        .AddSource(SessionMetrics.Name, ActivitySources.ApplicationGrainActivitySourceName, ActivitySources.RuntimeActivitySourceName)
        .AddProcessor<GrainSpans>();
}
