using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace OrleansMcp.Http;

/// <summary>Health as one line of text: of several checks that fail, the one that was registered first.</summary>
internal static partial class HealthReportWriter
{
    public static Task WriteAliveAsync(HttpContext context, HealthReport report) => WriteAsync(context, "alive");

    public static Task WriteReadyAsync(HttpContext context, HealthReport report)
    {
        foreach (var (name, entry) in report.Entries)
        {
            if (entry.Status == HealthStatus.Healthy)
            {
                continue;
            }

            if (entry.Exception is { } exception)
            {
                LogFailed(context.RequestServices.GetRequiredService<ILogger<HealthReport>>(), exception, name);
            }

            return WriteAsync(context, LineOf(name, entry));
        }

        return WriteAsync(context, "ready");
    }

    /// <summary>The message of an exception may hold paths and names, and whoever asks has no credential.</summary>
    private static string LineOf(string name, HealthReportEntry entry) =>
        entry.Exception is not null ? $"{name}: failed"
        : entry.Description is { } problem ? $"{name}: {problem}"
        : name;

    private static Task WriteAsync(HttpContext context, string line)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync($"{line}\n");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The health check '{Check}' failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string check);
}
