using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Tools that tell the client something while they run.</summary>
[McpServerToolType]
internal sealed partial class NotifyingTools(TimeProvider time)
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);

    [McpServerTool(Name = "test_tool_with_logging"), Description("Logs three times while it runs.")]
    public async Task<string> LogAsync(McpServer server, CancellationToken cancellationToken)
    {
        var logger = server.AsClientLoggerProvider().CreateLogger("conformance");
        LogStep(logger, "Tool execution started");
        await Task.Delay(s_step, time, cancellationToken);
        LogStep(logger, "Tool processing data");
        await Task.Delay(s_step, time, cancellationToken);
        LogStep(logger, "Tool execution completed");
        return "Tool with logging executed successfully";
    }

    [McpServerTool(Name = "test_logging_tool"), Description("Logs once; only clients that asked for a log level may see it.")]
    public static string LogOnce(McpServer server)
    {
        LogStep(server.AsClientLoggerProvider().CreateLogger("conformance"), "test_logging_tool executed");
        return "Logged; who sees it is the session's business.";
    }

    [McpServerTool(Name = "test_tool_with_progress"), Description("Reports progress three times while it runs.")]
    public async Task<string> ProgressAsync(RequestContext<CallToolRequestParams> call, CancellationToken cancellationToken)
    {
        if (call.Params.ProgressToken is not { } token)
        {
            return "No progress token provided";
        }

        // Awaited one by one: IProgress would send them without an order.
        foreach (var done in new[] { 0, 50, 100 })
        {
            await call.Server.NotifyProgressAsync(
                token, new() { Progress = done, Total = 100 }, cancellationToken: cancellationToken);
            await Task.Delay(s_step, time, cancellationToken);
        }

        return $"Reported progress for {token}";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Step}")]
    private static partial void LogStep(ILogger logger, string step);
}
