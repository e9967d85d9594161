using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Records;

namespace OrleansMcp.Tests.Hosting;

/// <summary>A tool whose strings are no text: half of a surrogate pair, between separators that some readers take for the end of a line.</summary>
[McpServerToolType]
internal sealed class StrangeTools
{
    /// <summary>What the tool says everywhere.</summary>
    public const string Text = "half \ud800 of a pair, a line\u2028a paragraph\u2029";

    /// <summary>The same, as it may leave the server.</summary>
    public const string Written = "half \ufffd of a pair, a line\u2028a paragraph\u2029";

    /// <summary>Where the tool says it.</summary>
    public static IReadOnlyList<string> Ways { get; } =
        ["text", "json", "node", "meta", "progress", "log", "notification", "error", "failure", "state", "state key", "record", "record key", "touched"];

    [McpServerTool(Name = "test_strange"), Description("Says what is no text, in one way.")]
    public static async Task<CallToolResult> SayAsync(
        McpServer server, ISessionContext session, IRecords records, IProgress<ProgressNotificationValue> progress, string way, CancellationToken cancellationToken)
    {
        var escaped = JsonDocument.Parse("\"half \\ud800 of a pair, a line\\u2028a paragraph\u2029\"").RootElement;
        switch (way)
        {
            case "text":
                return new CallToolResult { Content = [new TextContentBlock { Text = Text }] };
            case "json":
                return new CallToolResult { StructuredContent = JsonDocument.Parse($$"""{"said":{{escaped.GetRawText()}}}""").RootElement };
            case "node":
                return new CallToolResult { StructuredContent = JsonSerializer.SerializeToElement(new JsonObject { ["said"] = "x" }), Meta = new JsonObject { ["said"] = JsonNode.Parse(escaped.GetRawText()) } };
            case "meta":
                return new CallToolResult { Meta = new JsonObject { [Text] = Text } };
            case "progress":
                progress.Report(new ProgressNotificationValue { Progress = 1, Message = Text });
                break;
            case "log":
                await server.SendNotificationAsync("notifications/message", new { level = "error", data = Text }, JsonSerializerOptions.Web, cancellationToken);
                break;
            case "notification":
                await server.SendMessageAsync(new JsonRpcNotification { Method = "notifications/" + Text, Params = new JsonObject { ["said"] = JsonNode.Parse(escaped.GetRawText()) } }, cancellationToken);
                break;
            case "question":
                await server.ElicitAsync(new ElicitRequestParams { Message = Text, RequestedSchema = new() }, cancellationToken);
                break;
            case "error":
                throw new McpProtocolException(Text, McpErrorCode.InvalidParams);
            case "failure":
                throw new McpException(Text);
            case "state":
                await session.State.UpdateAsync<string>("strange", _ => Text, cancellationToken);
                break;
            case "state key":
                await session.State.UpdateAsync<string>(Text, _ => "x", cancellationToken);
                break;
            case "record":
                await records.TransactAsync("strange", [], [new RecordWrite("k", escaped)], cancellationToken);
                break;
            case "record key":
                await records.TransactAsync("strange", [], [new RecordWrite(Text, JsonSerializer.SerializeToElement(1))], cancellationToken);
                break;
            case "touched":
                await session.ResourceUpdatedAsync("test://" + Text, cancellationToken);
                break;
        }

        return new CallToolResult { Content = [new TextContentBlock { Text = "said" }] };
    }
}
