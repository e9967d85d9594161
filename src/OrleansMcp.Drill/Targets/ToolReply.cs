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
        "conflict", "not_found", "permission_denied", "policy_denied", "invalid_argument", "snapshot_expired", "secret_unavailable", "held_back",
        "-32700", "-32600", "-32601", "-32602",
    ];

    // Quotas that a server judges before a call begins.
    private static readonly string[] s_quotasBefore = ["callsPerMinute", "concurrentCalls", "requestsPerMinute", "maxQueuedPerTenant"];

    /// <summary>Why the server did not do what it was asked for, if that tells nothing of isolation.</summary>
    public Hindrance? Hindrance { get; private init; }

    /// <summary>When to ask again, from now; zero where the server says nothing of it.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>What the progress said that came before the answer.</summary>
    public IReadOnlyList<string> Progress { get; private init; } = [];

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
            var data = error["data"] as JsonObject;
            return Failed(TextOf(data?["code"]) ?? error["code"]?.ToString() ?? "error", data, content: null, TextOf(error["message"]) ?? "");
        }

        var result = message["result"];
        var text = TextOf((result?["content"] as JsonArray)?.FirstOrDefault()?["text"]) ?? "";
        var content = result?["structuredContent"] ?? Parse(text);
        return result?["isError"]?.GetValueKind() == JsonValueKind.True
            ? Failed(TextOf((content as JsonObject)?["code"]) ?? "error", content as JsonObject, content, text)
            : new(Outcome.Ok, Code: null, content ?? result, text) { Progress = reply.Progress };
    }

    /// <summary>Reads the status of an answer without a message.</summary>
    public static ToolReply OfStatus(DrillReply reply)
    {
        if (reply.Status is >= 200 and < 300)
        {
            return new(Outcome.Ok, Code: null, Content: null, reply.Body);
        }

        var error = (Parse(reply.Body) as JsonObject)?["error"] as JsonObject;
        var (outcome, code) = reply.Status is >= 400 and < 500
            ? (Outcome.Refused, reply.Status.ToString(CultureInfo.InvariantCulture))
            : (Outcome.Unknown, (string?)null);
        return new(outcome, code, Content: null, reply.Body)
        {
            Hindrance = Hindrances.OfStatus(reply.Status, error),
            RetryAfter = reply.RetryAfter > TimeSpan.Zero ? reply.RetryAfter : RetryAfterOf(error?["data"] as JsonObject),
        };
    }

    private static ToolReply Failed(string code, JsonObject? details, JsonNode? content, string text)
    {
        var hindrance = Hindrances.OfCode(code, details);
        var isWithoutEffect = s_withoutEffect.Contains(code, StringComparer.Ordinal)
            || (hindrance is { Kind: HindranceKind.Quota, Name: var quota } && s_quotasBefore.Contains(quota, StringComparer.Ordinal));
        return new(isWithoutEffect ? Outcome.Refused : Outcome.Unknown, code, content, text)
        {
            Hindrance = hindrance, RetryAfter = RetryAfterOf(details),
        };
    }

    private static TimeSpan RetryAfterOf(JsonObject? details) =>
        details?["retryAfterSeconds"] is JsonValue value && value.TryGetValue<int>(out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    /// <summary>A whole number; null where there is none.</summary>
    public static long? NumberOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

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
