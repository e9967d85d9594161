using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrleansMcp.Sessions;

namespace OrleansMcp.Server.Telemetry;

/// <summary>Logs, metrics and traces over OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; none of it otherwise.</summary>
internal static class TelemetryExtensions
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this IServiceCollection services)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)))
        {
            return;
        }

        services.AddLogging(logging => logging.AddOpenTelemetry(options =>
        {
            options.SetResourceBuilder(Resource());
            options.IncludeFormattedMessage = true;
            options.AddOtlpExporter();
        }));
        services.AddHostedService<TelemetryExport>();
    }

    internal static ResourceBuilder Resource() => ResourceBuilder.CreateDefault().AddService("orleansmcp").AddEnvironmentVariableDetector();
}

/// <summary>Exports metrics and traces while the server runs; flushes what is left when it stops.</summary>
internal sealed class TelemetryExport : IHostedService, IDisposable
{
    private readonly TracerProvider _traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(TelemetryExtensions.Resource())
        .AddSource(SessionMetrics.Name, "Microsoft.AspNetCore")
        .AddOtlpExporter()
        .Build();

    private readonly MeterProvider _metrics = OpenTelemetry.Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(TelemetryExtensions.Resource())
        .AddMeter(SessionMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
        .AddOtlpExporter()
        .Build();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }
}
