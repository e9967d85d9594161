using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace OrleansMcp.Http;

/// <summary>Writes the health as one line of text. Of several failing checks, it names the one that was registered first.</summary>
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

    /// <summary>The public line about a failing check. Without the exception's message, which may contain paths and names.</summary>
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
