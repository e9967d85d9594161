using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>Names the resources in what servers answer as this server names them (<see cref="UpstreamUris"/>).</summary>
internal static class UpstreamContent
{
    private const string ProtocolPrefix = "io.modelcontextprotocol/";

    /// <summary>A result of <c>prompts/get</c>.</summary>
    public static JsonObject RewritePrompt(string server, JsonElement result)
    {
        var rewritten = JsonObject.Create(result)!;
        foreach (var message in (rewritten["messages"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Rewrite(server, message["content"]);
        }

        return rewritten;
    }

    /// <summary>A result of <c>resources/read</c>.</summary>
    public static JsonObject RewriteContents(string server, JsonElement result)
    {
        var rewritten = JsonObject.Create(result)!;
        foreach (var content in (rewritten["contents"] as JsonArray ?? []).OfType<JsonObject>())
        {
            RewriteUri(server, content);
        }

        return rewritten;
    }

    /// <summary>A content block, or several.</summary>
    public static void Rewrite(string server, JsonNode? content)
    {
        if (content is JsonArray several)
        {
            foreach (var one in several)
            {
                Rewrite(server, one);
            }
        }
        else if (content is JsonObject block)
        {
            RewriteUri(server, TypeOf(block) switch { "resource_link" => block, "resource" => block["resource"] as JsonObject, _ => null });
        }
    }

    /// <summary>
    /// Removes the keys of <c>_meta</c> by which 2026-07-28 describes a result, which are about the server's connection to this one, and keys that only this
    /// server's own results have.
    /// </summary>
    public static void KeepForeignMeta(JsonObject? meta)
    {
        foreach (var key in meta?.Select(static member => member.Key).Where(IsOwn).ToArray() ?? [])
        {
            meta!.Remove(key);
        }
    }

    /// <summary>Whether a key of <c>_meta</c> stays with the connection that it came over.</summary>
    public static bool IsOwn(string key) => key.StartsWith(ProtocolPrefix, StringComparison.Ordinal) || key.StartsWith(OwnMetaKeys.Prefix, StringComparison.Ordinal);

    private static void RewriteUri(string server, JsonObject? named)
    {
        if (named?["uri"] is JsonValue value && value.TryGetValue(out string? uri))
        {
            named["uri"] = UpstreamUris.Of(server, uri);
        }
    }

    private static string? TypeOf(JsonObject block) => block["type"] is JsonValue type && type.TryGetValue(out string? text) ? text : null;
}
