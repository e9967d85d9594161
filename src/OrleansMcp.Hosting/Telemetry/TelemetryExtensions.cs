using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Orleans.Diagnostics;
using Orleans.Hosting;
using OrleansMcp.Sessions;

namespace OrleansMcp.Hosting.Telemetry;

/// <summary>
/// What sessions and Orleans add to the metrics and traces of a process. Exporting them is the process's own: a second exporter of the same
/// kind would be refused by OpenTelemetry.
/// </summary>
internal static class TelemetryExtensions
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Whether the process exports over OTLP. The exporter reads the same variable from the same place.</summary>
    public static bool ExportsTelemetry(this IConfiguration configuration) => !string.IsNullOrEmpty(configuration[EndpointVariable]);

    /// <summary>
    /// Adds meters and traces, without what would tell the ids of sessions, to what the process exports, whichever exporter it has. A process
    /// without OpenTelemetry is not given it.
    /// </summary>
    public static void AddTelemetry(this IServiceCollection services) => services
        .ConfigureOpenTelemetryMeterProvider(static metrics => metrics.AddMeter(
            SessionMetrics.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"))
        .ConfigureOpenTelemetryTracerProvider(AddTraces);

    /// <summary>
    /// Lets a trace go on through grain calls where <see cref="ExportsTelemetry"/>: the filters of Orleans cost each call something. An
    /// application with another exporter adds them itself.
    /// </summary>
    public static void AddTelemetry(this ISiloBuilder silo)
    {
        if (silo.Configuration.ExportsTelemetry())
        {
            silo.AddActivityPropagation();
        }
    }

    /// <inheritdoc cref="AddTelemetry(ISiloBuilder)"/>
    public static void AddTelemetry(this IClientBuilder client)
    {
        if (client.Configuration.ExportsTelemetry())
        {
            client.AddActivityPropagation();
        }
    }

    /// <summary>Orleans takes grains of every namespace that begins with its own name, as ours does, for its runtime's.</summary>
    private static void AddTraces(TracerProviderBuilder traces) => traces
        .AddAspNetCoreInstrumentation(RequestSpans.Configure)
        .AddSource(SessionMetrics.Name, ActivitySources.ApplicationGrainActivitySourceName, ActivitySources.RuntimeActivitySourceName)
        .AddProcessor<GrainSpans>();
}
