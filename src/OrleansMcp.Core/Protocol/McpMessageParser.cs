using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace OrleansMcp.Protocol;

/// <summary>Why bytes are not a message, in the words of the JSON-RPC error to send back.</summary>
/// <param name="Code">The JSON-RPC error code.</param>
/// <param name="Message">What is wrong, without quoting the input.</param>
/// <param name="Id">The id of the request, where one could be read.</param>
public readonly record struct McpParseError(int Code, string Message, JsonElement Id = default);

/// <summary>
/// Turns a request body into messages. Strict on purpose: unique property names, exact spelling, valid UTF-8 and UTF-16, bounded
/// depth, so that no two readers of the same bytes can disagree about what was asked (threats: a key in another case, or given
/// twice, slipped past a rule).
/// </summary>
public static class McpMessageParser
{
    /// <summary>Deepest nesting accepted.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most messages in a batch.</summary>
    public const int MaxBatch = 100;

    private const int MaxMethodLength = 128;
    private const int MaxIdLength = 256;

    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <summary>Reads a body that holds one message.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out McpMessage? message, out McpParseError error)
    {
        message = null;
        var began = Stopwatch.GetTimestamp();
        if (!TryParseJson(utf8, out var root, out error))
        {
            return false;
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            return TryReadMessage(utf8, root, began, out message, out error);
        }

        error = new(RpcError.InvalidRequest, "A batch is not accepted here.");
        return false;
    }

    /// <summary>Reads a body that holds one message (<paramref name="message"/>) or a batch (<paramref name="batch"/>).</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8, out McpMessage? message, out IReadOnlyList<McpMessage>? batch, out McpParseError error)
    {
        (message, batch) = (null, null);
        var began = Stopwatch.GetTimestamp();
        if (!TryParseJson(utf8, out var root, out error))
        {
            return false;
        }

        return root.ValueKind == JsonValueKind.Array
            ? TryReadBatch(root, out batch, out error)
            : TryReadMessage(utf8, root, began, out message, out error);
    }

    private static bool TryParseJson(ReadOnlyMemory<byte> utf8, out JsonElement root, out McpParseError error)
    {
        root = default;
        error = new(RpcError.ParseError, "The body is not valid JSON.");
        if (!Utf8.IsValid(utf8.Span))
        {
            error = new(RpcError.ParseError, "The body is not valid UTF-8.");
            return false;
        }

        try
        {
            // The document is not disposed: elements of it may live on in tool arguments, and no pooled buffer is ever shared
            // between two sessions this way.
            root = JsonDocument.Parse(utf8, s_options).RootElement;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }

        if (utf8.Span.IndexOf("\\u"u8) >= 0 && !EscapesAreWhole(utf8.Span))
        {
            error = new(RpcError.ParseError, "The body holds half of a UTF-16 surrogate pair.");
            return false;
        }

        error = default;
        return true;
    }

    private static bool EscapesAreWhole(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return true;
    }

    private static bool TryReadBatch(JsonElement root, out IReadOnlyList<McpMessage>? batch, out McpParseError error)
    {
        batch = null;
        var count = root.GetArrayLength();
        if (count is 0 or > MaxBatch)
        {
            error = new(RpcError.InvalidRequest, $"A batch holds 1 to {MaxBatch} messages.");
            return false;
        }

        var messages = new List<McpMessage>(count);
        foreach (var element in root.EnumerateArray())
        {
            // A message of a batch has its own bytes and its own document: it travels alone, and none of the batch is held longer than itself.
            ReadOnlyMemory<byte> bytes = System.Text.Encoding.UTF8.GetBytes(element.GetRawText());
            if (!TryReadMessage(bytes, JsonDocument.Parse(bytes, s_options).RootElement, Stopwatch.GetTimestamp(), out var message, out error))
            {
                return false;
            }

            messages.Add(message);
        }

        (batch, error) = (messages, default);
        return true;
    }

    private static bool TryReadMessage(
        ReadOnlyMemory<byte> utf8, JsonElement root, long began, [NotNullWhen(true)] out McpMessage? message, out McpParseError error)
    {
        message = null;
        JsonElement id = default, version = default, method = default, parameters = default;
        bool hasResult = false, hasError = false;
        if (root.ValueKind != JsonValueKind.Object)
        {
            error = new(RpcError.InvalidRequest, "A JSON-RPC message is an object.");
            return false;
        }

        foreach (var property in root.EnumerateObject())
        {
            if (property.NameEquals("jsonrpc"u8)) { version = property.Value; }
            else if (property.NameEquals("id"u8)) { id = property.Value; }
            else if (property.NameEquals("method"u8)) { method = property.Value; }
            else if (property.NameEquals("params"u8)) { parameters = property.Value; }
            else if (property.NameEquals("result"u8)) { hasResult = true; }
            else if (property.NameEquals("error"u8)) { hasError = property.Value.ValueKind == JsonValueKind.Object; }
        }

        var idIsGood = id.ValueKind == JsonValueKind.Undefined || IsId(id);
        var echo = idIsGood ? id : default;
        error = new(RpcError.InvalidRequest, "The body is not a JSON-RPC 2.0 message.", echo);
        if (version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"u8))
        {
            return false;
        }

        if (!idIsGood)
        {
            error = new(RpcError.InvalidRequest, "The id must be a string or an integer.");
            return false;
        }

        if (method.ValueKind == JsonValueKind.Undefined)
        {
            if (id.ValueKind == JsonValueKind.Undefined || hasResult == hasError)
            {
                return false;
            }

            message = new McpMessage(utf8, root, McpMessageKind.Response, "", id, default) { ParsedIn = TimeSince(began, utf8.Length) };
            error = default;
            return true;
        }

        return TryReadCall(utf8, root, began, method, id, parameters, out message, ref error);
    }

    private static bool TryReadCall(
        ReadOnlyMemory<byte> utf8, JsonElement root, long began, JsonElement method, JsonElement id, JsonElement parameters,
        [NotNullWhen(true)] out McpMessage? message, ref McpParseError error)
    {
        message = null;
        if (method.ValueKind != JsonValueKind.String || method.GetString() is not { Length: > 0 and <= MaxMethodLength } name)
        {
            error = error with { Message = "The method must be a short string." };
            return false;
        }

        if (parameters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            error = error with { Code = RpcError.InvalidParams, Message = "The params must be an object." };
            return false;
        }

        var kind = id.ValueKind == JsonValueKind.Undefined ? McpMessageKind.Notification : McpMessageKind.Request;
        message = new McpMessage(utf8, root, kind, Methods.Intern(name), id, parameters) { ParsedIn = TimeSince(began, utf8.Length) };
        error = default;
        return true;
    }

    private static TimeSpan TimeSince(long began, int bytes) => bytes < JsonCost.Large ? TimeSpan.Zero : Stopwatch.GetElapsedTime(began);

    private static bool IsId(JsonElement id) => id.ValueKind switch
    {
        JsonValueKind.String => id.GetRawText().Length <= MaxIdLength,
        JsonValueKind.Number => id.TryGetInt64(out _),
        _ => false,
    };
}
