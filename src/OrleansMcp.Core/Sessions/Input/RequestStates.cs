using System.Security.Cryptography;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.Input;

/// <summary>The state that a handler gets back with the retry, held in the actor under a sealed name.</summary>
internal sealed record HeldState(string? Inner, string Digest, DateTimeOffset ExpiresAt);

/// <summary>Reads the state and answers that a retry carries (2026-07-28, Multi Round-Trip Requests).</summary>
internal static class RequestStates
{
    public static string? TokenOf(McpMessage message) =>
        message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("requestState"u8, out var state)
            ? state.ValueKind == JsonValueKind.String ? state.GetString() : ""
            : null;

    public static JsonElement ResponsesOf(McpMessage message) =>
        message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("inputResponses"u8, out var responses)
            ? responses
            : default;

    /// <summary>Copies the handler's own state and the answers of the retry into the params.</summary>
    public static void CopyTo(RequestParams parameters, RunningCall call)
    {
        parameters.RequestState = call.PriorState;
        if (call.Message.Params.ValueKind == JsonValueKind.Object
            && call.Message.Params.TryGetProperty("_meta"u8, out var meta) && meta.ValueKind == JsonValueKind.Object)
        {
            parameters.Meta ??= System.Text.Json.Nodes.JsonObject.Create(meta)!;
            if (meta.TryGetProperty("progressToken"u8, out var token) && token.ValueKind == JsonValueKind.Number
                && !token.TryGetInt64(out _) && WholeNumbers.TryRead(token, out var number))
            {
                parameters.Meta["progressToken"] = number; // The SDK knows whole numbers by one spelling only, and would report nothing.
            }
        }

        if (call.Meta.IsSessionless && ResponsesOf(call.Message) is { ValueKind: JsonValueKind.Object } responses)
        {
            parameters.InputResponses = responses.EnumerateObject()
                .ToDictionary(one => one.Name, one => new InputResponse { RawValue = one.Value }, StringComparer.Ordinal);
        }
        else
        {
            parameters.InputResponses = null;
        }
    }

    /// <summary>
    /// A digest of the request's method and params, without the params that belong to one round. The order of properties does not matter,
    /// so that a client may serialize the same request differently.
    /// </summary>
    public static string Digest(McpMessage message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(message.Method);
            if (message.Params.ValueKind == JsonValueKind.Object)
            {
                WriteSorted(writer, message.Params, outermost: true);
            }

            writer.WriteEndArray();
        }

        return Convert.ToBase64String(SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement element, bool outermost = false)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(one => one.Name, StringComparer.Ordinal))
                {
                    if (!(outermost && property.Name is "_meta" or "inputResponses" or "requestState"))
                    {
                        writer.WritePropertyName(property.Name);
                        WriteSorted(writer, property.Value);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    WriteSorted(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
