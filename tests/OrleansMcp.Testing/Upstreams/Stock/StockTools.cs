using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>The tools of a <see cref="StockUpstream"/> that want nothing of the client.</summary>
internal sealed class StockTools(StockState state)
{
    [McpServerTool(Name = "echo", ReadOnly = true, Idempotent = true), Description("Returns the text it is given.")]
    public static string Echo([Description("Any text.")] string text) => text;

    /// <summary>In the sessionless era nothing but its credential tells one client from another.</summary>
    [McpServerTool(Name = "count"), Description("Counts the calls of this session, or of this credential where there are no sessions.")]
    public string Count(McpServer server) => $"{state.Count(server.SessionId ?? state.AuthorizationHash ?? "anonymous")}";

    [McpServerTool(Name = "progress"), Description("Reports progress, a notification a step.")]
    public static async Task<string> ProgressAsync(
        RequestContext<CallToolRequestParams> call, int steps, CancellationToken cancellationToken, string message = "step")
    {
        if (call.Params.ProgressToken is not { } token)
        {
            return "nobody asked for progress";
        }

        for (var step = 1; step <= steps; step++)
        {
            var value = new ProgressNotificationValue { Progress = step, Total = steps, Message = $"{message} {step}" };
            await call.Server.NotifyProgressAsync(token, value, cancellationToken: cancellationToken);
        }

        return $"{steps} steps";
    }

    [McpServerTool(Name = "log"), Description("Logs to the client, unless it wants to hear of graver things only.")]
    public static async Task<string> LogAsync(
        RequestContext<CallToolRequestParams> call, string text, CancellationToken cancellationToken, LoggingLevel level = LoggingLevel.Info)
    {
        // Who sets no level hears all in the era of sessions, and nothing in the other, where each request has a level that the SDK leaves to the tool.
        var server = call.Server;
        var named = call.Params.Meta?["io.modelcontextprotocol/logLevel"];
        var wanted = named is null ? server.LoggingLevel : named.Deserialize<LoggingLevel>(ModelContextProtocol.McpJsonUtilities.DefaultOptions);
        var hears = wanted is { } least ? level >= least : server.SessionId is not null;
        if (!hears)
        {
            return "not logged";
        }

        var message = new LoggingMessageNotificationParams { Level = level, Logger = "stock", Data = JsonSerializer.SerializeToElement(text) };
        await server.SendNotificationAsync(NotificationMethods.LoggingMessageNotification, message, cancellationToken: cancellationToken);
        return "logged";
    }

    [McpServerTool(Name = "slow"), Description("Waits until the test lets it go, or until it is cancelled.")]
    public async Task<string> SlowAsync(CancellationToken cancellationToken, string gate = "slow")
    {
        try
        {
            await state.Gates[gate].WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            state.Cancelled.Enqueue(gate);
            throw;
        }

        return "through";
    }

    [McpServerTool(Name = "structured", UseStructuredContent = true, OutputSchemaType = typeof(Reading)), Description("Returns structured content, and metadata.")]
    public static CallToolResult Structured(string place)
    {
        var reading = JsonSerializer.SerializeToElement(new Reading(place, 21.5), JsonSerializerOptions.Web);
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = reading.GetRawText() }],
            StructuredContent = reading,
            Meta = new JsonObject { ["example.com/origin"] = "stock" },
        };
    }

    [McpServerTool(Name = "link"), Description("Returns a text, an image, a link to a resource, and two resources.")]
    public static CallToolResult Link() => new()
    {
        Content =
        [
            new TextContentBlock { Text = "See stock://guide." },
            ImageContentBlock.FromBytes(StockContent.Pixel, "image/png"),
            new ResourceLinkBlock { Uri = StockContent.Guide, Name = "guide", MimeType = "text/plain" },
            new EmbeddedResourceBlock { Resource = new TextResourceContents { Uri = "stock://embedded/text", MimeType = "text/plain", Text = "embedded" } },
            new EmbeddedResourceBlock { Resource = BlobResourceContents.FromBytes(StockContent.Pixel, "stock://embedded/blob", "image/png") },
        ],
    };

    [McpServerTool(Name = "whoami"), Description("Returns the SHA-256 of the Authorization header's value, in hex, or 'nobody'.")]
    public string WhoAmI() => state.AuthorizationHash ?? "nobody";

    [McpServerTool(Name = "meta"), Description("Returns the names of the request's metadata and of its HTTP headers.")]
    public string Meta(RequestContext<CallToolRequestParams> call) => new JsonObject
    {
        ["meta"] = Sorted(call.Params.Meta?.Select(member => member.Key) ?? []),
        ["headers"] = Sorted(state.Request.Headers.Keys),
    }.ToJsonString();

    [McpServerTool(Name = "regional"), Description("Has an argument that travels in a header too, in the sessionless era.")]
    public static string Regional([McpHeader("Region")] string region) => region;

    [McpServerTool(Name = "fail"), Description("Fails as tools do, with a result.")]
    public static CallToolResult Fail() => new() { IsError = true, Content = [new TextContentBlock { Text = "It failed." }] };

    [McpServerTool(Name = "throw"), Description("Fails with an error of the protocol, -32602.")]
    public static string Throw() => throw new McpProtocolException("It was thrown.", McpErrorCode.InvalidParams);

    private static JsonArray Sorted(IEnumerable<string> names) => new([.. names.Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]);

    /// <summary>What <c>structured</c> returns.</summary>
    internal sealed record Reading(string Place, double Temperature);
}
