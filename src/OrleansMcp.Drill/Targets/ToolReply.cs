using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Targets;

/// <summary>What a <see cref="DrillReply"/> says of the effect of its request.</summary>
/// <param name="Outcome">Whether the request took effect: <see cref="Outcome.Refused"/> only where it is sure to have had none.</param>
/// <param name="Code">Why it had none: a code of the server, or the HTTP status.</param>
/// <param name="Content">The result: structured, or the text when it is JSON; otherwise null.</param>
/// <param name="Text">The first text of the result.</param>
internal sealed record ToolReply(Outcome Outcome, string? Code, JsonNode? Content, string Text)
{
    // Codes of the tools and of JSON-RPC that a server gives before a call takes effect. Any other code may come after the effect: quota_exceeded
    // is also the code of a call that took too long, or whose answer was too large.
    private static readonly string[] s_withoutEffect =
    [
        "conflict", "not_found", "permission_denied", "policy_denied", "invalid_argument", "snapshot_expired", "secret_unavailable",
        "-32700", "-32600", "-32601", "-32602",
    ];

    /// <summary>Reads the answer to a POST of a message.</summary>
    public static ToolReply Of(DrillReply reply)
    {
        var byStatus = OfStatus(reply);
        if (byStatus.Outcome != Outcome.Ok || Parse(reply.Body) is not JsonObject message)
        {
            return byStatus;
        }

        if (message["error"] is JsonObject error)
        {
            return Failed(TextOf(error["data"]?["code"]) ?? error["code"]?.ToString() ?? "error", content: null, TextOf(error["message"]) ?? "");
        }

        var result = message["result"];
        var text = TextOf((result?["content"] as JsonArray)?.FirstOrDefault()?["text"]) ?? "";
        var content = result?["structuredContent"] ?? Parse(text);
        return result?["isError"]?.GetValueKind() == JsonValueKind.True
            ? Failed(TextOf((content as JsonObject)?["code"]) ?? "error", content, text)
            : new(Outcome.Ok, Code: null, content ?? result, text);
    }

    /// <summary>Reads the status of an answer without a message.</summary>
    public static ToolReply OfStatus(DrillReply reply) => reply.Status switch
    {
        >= 200 and < 300 => new(Outcome.Ok, Code: null, Content: null, reply.Body),
        >= 400 and < 500 => new(Outcome.Refused, reply.Status.ToString(CultureInfo.InvariantCulture), Content: null, reply.Body),
        _ => new(Outcome.Unknown, Code: null, Content: null, reply.Body),
    };

    private static ToolReply Failed(string code, JsonNode? content, string text) => s_withoutEffect.Contains(code, StringComparer.Ordinal)
        ? new(Outcome.Refused, code, content, text)
        : new(Outcome.Unknown, code, content, text);

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
