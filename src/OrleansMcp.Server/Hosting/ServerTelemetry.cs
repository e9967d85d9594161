using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using OrleansMcp.Hosting.Telemetry;

namespace OrleansMcp.Server.Hosting;

/// <summary>Where the server's logs, metrics and traces go: over OTLP to where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; nowhere otherwise.</summary>
internal static class ServerTelemetry
{
    public static void AddTelemetryExport(this WebApplicationBuilder builder)
    {
        if (!builder.Configuration.ExportsTelemetry())
        {
            return;
        }

        // What the environment says of the resource is read again at the end, so that it may also rename the service.
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("orleansmcp").AddEnvironmentVariableDetector())
            .WithLogging(configureBuilder: null, static logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter();
    }
}
