using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Drill.Upstreams;

/// <summary>What <see cref="DrillUpstream"/> answers.</summary>
internal static class UpstreamAnswer
{
    private const int UnknownMethod = -32601;

    public static JsonObject Greeting => new()
    {
        ["protocolVersion"] = Targets.McpMessage.Version,
        ["capabilities"] = new JsonObject { ["tools"] = new JsonObject() },
        ["serverInfo"] = new JsonObject { ["name"] = "drill", ["version"] = "1" },
    };

    private static JsonObject Tools => new()
    {
        ["tools"] = new JsonArray(
            Tool(DrillUpstream.Echo, "Returns its text.", new() { ["text"] = new JsonObject { ["type"] = "string" } }),
            Tool(DrillUpstream.Count, "Counts its calls in the session.", [])),
    };

    /// <summary>Answers a request of a session.</summary>
    public static Task OfAsync(HttpContext context, JsonObject request, UpstreamSession session) => ((string?)request["method"], (string?)request["params"]?["name"]) switch
    {
        ("tools/list", _) => ResultAsync(context, request, Tools),
        ("tools/call", DrillUpstream.Echo) => EchoAsync(context, request, session),
        ("tools/call", DrillUpstream.Count) => ResultAsync(context, request, ToolResult(session, "count", session.Count())),
        _ => context.Response.WriteAsJsonAsync(Answer(request, "error", new() { ["code"] = UnknownMethod, ["message"] = "There is no such thing here." }), context.RequestAborted),
    };

    public static Task ResultAsync(HttpContext context, JsonObject request, JsonObject result) =>
        context.Response.WriteAsJsonAsync(Answer(request, "result", result), context.RequestAborted);

    private static async Task EchoAsync(HttpContext context, JsonObject request, UpstreamSession session)
    {
        var text = $"{request["params"]!["arguments"]?["text"]}";
        context.Response.ContentType = Targets.EventStream.MediaType;
        if (request["params"]!["_meta"]?["progressToken"] is { } token)
        {
            await EventAsync(context, new()
            {
                ["jsonrpc"] = "2.0",
                ["method"] = "notifications/progress",
                ["params"] = new JsonObject { ["progressToken"] = token.DeepClone(), ["progress"] = 1, ["message"] = text },
            });
        }

        await EventAsync(context, Answer(request, "result", ToolResult(session, "text", text)));
    }

    private static async Task EventAsync(HttpContext context, JsonObject message)
    {
        await context.Response.WriteAsync($"data: {message.ToJsonString()}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static JsonObject ToolResult(UpstreamSession session, string name, JsonNode value)
    {
        var content = new JsonObject { [name] = value, ["session"] = session.Name };
        return new()
        {
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = content.ToJsonString() }), ["structuredContent"] = content,
        };
    }

    private static JsonObject Answer(JsonObject request, string kind, JsonObject content) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = request["id"]!.DeepClone(), [kind] = content };

    private static JsonObject Tool(string name, string description, JsonObject properties) => new()
    {
        ["name"] = name,
        ["description"] = description,
        ["inputSchema"] = new JsonObject { ["type"] = "object", ["properties"] = properties },
    };
}
