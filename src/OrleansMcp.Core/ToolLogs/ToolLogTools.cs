using System.ComponentModel;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tools;

namespace OrleansMcp.ToolLogs;

/// <summary>The tool <c>toollog_recent</c>, by which clients read the tool log of their tenant.</summary>
[McpServerToolType]
internal sealed class ToolLogTools
{
    private const int MostAtOnce = 100;

    [McpServerTool(Name = "toollog_recent", ReadOnly = true)]
    [Description("Lists recent tool calls of your tenant, the newest first: summaries, never arguments or results.")]
    public static async Task<CallToolResult> RecentAsync(
        IToolLog log, CancellationToken cancellationToken,
        [Description("Only calls of this tool.")] string? tool = null,
        [Description("Only calls with this outcome: ok, error, or a code such as permission_denied.")] string? outcome = null,
        [Description("How many, 1 to 100.")] int limit = 20,
        [Description("Only calls from this time on.")] DateTimeOffset? since = null)
    {
        if (limit is < 1 or > MostAtOnce)
        {
            throw new McpException($"Argument 'limit' must be from 1 to {MostAtOnce}.");
        }

        var entries = await log.ReadAsync(new ToolLogFilter { Tool = tool, Outcome = outcome, Limit = limit, Since = since }, cancellationToken);
        return ToolResults.Structured(new JsonObject { ["entries"] = new JsonArray([.. entries.Select(Write)]) });
    }

    private static JsonObject Write(ToolLogEntry entry) => new()
    {
        ["at"] = entry.At,
        ["client"] = entry.Client,
        ["session"] = entry.Session,
        ["tool"] = entry.Tool,
        ["outcome"] = entry.Outcome,
        ["argumentBytes"] = entry.ArgumentBytes,
        ["resultBytes"] = entry.ResultBytes,
        ["durationMs"] = Math.Round(entry.Duration.TotalMilliseconds, 3),
        ["arguments"] = entry.Arguments,
    };
}
