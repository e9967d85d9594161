using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Tools;

namespace OrleansMcp.Http.Endpoint;

/// <summary>The JSON-RPC error for a request with bad metadata.</summary>
internal sealed record EnvelopeProblem(int Code, string Message, JsonNode? Data = null);

/// <summary>
/// The metadata that every 2026-07-28 request carries in its body, and repeats in headers (transports/streamable-http, Request Metadata and
/// Server Validation). A request with a header that is missing or differs from the body is refused.
/// </summary>
internal static class SessionlessEnvelope
{
    public static EnvelopeProblem? ProblemOf(
        Post post, McpMessage message, Func<Post, string, IReadOnlyList<HeaderParameter>> parametersOf) => message.Kind switch
    {
        McpMessageKind.Response => new(RpcError.InvalidRequest, "This revision has no requests of the server, so no responses to them."),
        McpMessageKind.Notification => null,
        _ => VersionProblem(post, message) ?? HeaderProblem(post, message) ?? ParameterProblem(post, message, parametersOf),
    };

    private static EnvelopeProblem? VersionProblem(Post post, McpMessage message)
    {
        var version = Meta(message, MetaKeys.ProtocolVersion);
        if (version.ValueKind != JsonValueKind.String)
        {
            return Missing(MetaKeys.ProtocolVersion);
        }

        if (!version.ValueEquals(post.Version))
        {
            return Mismatch(McpHeaders.ProtocolVersion);
        }

        if (!ProtocolVersions.IsSessionless(post.Version))
        {
            return new(RpcError.UnsupportedVersion, "Unsupported protocol version", new JsonObject
            {
                ["supported"] = new JsonArray([.. ProtocolVersions.WithoutSessions.Select(one => (JsonNode)one)]),
                ["requested"] = post.Version,
            });
        }

        return Meta(message, MetaKeys.ClientCapabilities).ValueKind == JsonValueKind.Object ? null : Missing(MetaKeys.ClientCapabilities);
    }

    private static EnvelopeProblem? HeaderProblem(Post post, McpMessage message)
    {
        var request = post.Context.Request;
        if (McpHeaders.Get(request, McpHeaders.Method)?.Trim() != message.Method)
        {
            return Mismatch(McpHeaders.Method);
        }

        if (Methods.NameParameter(message.Method) is not { } parameter
            || !message.Params.TryGetProperty(parameter, out var name) || name.ValueKind != JsonValueKind.String)
        {
            return null; // The method refuses a missing name.
        }

        var header = McpHeaderEncoder.DecodeValue(McpHeaders.Get(request, McpHeaders.Name)?.Trim());
        return header is not null && name.ValueEquals(header) ? null : Mismatch(McpHeaders.Name);
    }

    private static EnvelopeProblem? ParameterProblem(
        Post post, McpMessage message, Func<Post, string, IReadOnlyList<HeaderParameter>> parametersOf)
    {
        if (message.Method != Methods.ToolsCall || !message.Params.TryGetProperty("name"u8, out var name)
            || name.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        message.Params.TryGetProperty("arguments"u8, out var arguments);
        foreach (var parameter in parametersOf(post, name.GetString()!))
        {
            if (!Agrees(McpHeaders.Get(post.Context.Request, parameter.Header), parameter.ValueIn(arguments)))
            {
                return Mismatch(parameter.Header);
            }
        }

        return null;
    }

    private static bool Agrees(string? header, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return header is null;
        }

        if (header is null || header.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return false;
        }

        var decoded = McpHeaderEncoder.DecodeValue(header.Trim());
        return value.ValueKind switch
        {
            JsonValueKind.String => decoded is not null && value.ValueEquals(decoded),
            JsonValueKind.True => decoded == "true",
            JsonValueKind.False => decoded == "false",
            JsonValueKind.Number => SameNumber(decoded, value),
            _ => false,
        };
    }

    // 42 and 42.0 are the same value (Server Behavior for Custom Headers: integers are compared as numbers).
    private static bool SameNumber(string? header, JsonElement value) =>
        decimal.TryParse(header, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var said)
        && value.TryGetDecimal(out var meant) && said == meant;

    private static JsonElement Meta(McpMessage message, string key) =>
        message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("_meta"u8, out var meta)
        && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty(key, out var value)
            ? value
            : default;

    private static EnvelopeProblem Missing(string key) => new(RpcError.InvalidParams, $"The request must carry _meta/{key}.");

    private static EnvelopeProblem Mismatch(string header) =>
        new(RpcError.HeaderMismatch, $"Header mismatch: {header} is missing or differs from the body.");
}
