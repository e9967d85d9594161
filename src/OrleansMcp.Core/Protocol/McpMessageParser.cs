using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
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

    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    // Each message of a batch is read again by itself, with the strict options, so that what is wrong with one is its own.
    private static readonly JsonDocumentOptions s_batch = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a body that holds one message.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out McpMessage? message, out McpParseError error)
    {
        message = null;
        var began = Stopwatch.GetTimestamp();
        if (!TryParseJson(utf8, s_options, out var root, out error))
        {
            return false;
        }

        if (utf8.Span.IndexOf("\\u"u8) >= 0 && !EscapesAreWhole(utf8.Span))
        {
            error = new(RpcError.ParseError, "The body holds half of a UTF-16 surrogate pair.");
            return false;
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            return MessageForm.TryRead(utf8, root, began, out message, out error);
        }

        error = new(RpcError.InvalidRequest, "A batch is not accepted here.");
        return false;
    }

    /// <summary>
    /// Reads a body that holds one message (<paramref name="message"/>) or a batch (<paramref name="batch"/>). An element of a batch that is no
    /// message is one of <see cref="McpMessageKind.Invalid"/>, which is answered by itself (JSON-RPC 2.0, Batch).
    /// </summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8, out McpMessage? message, out IReadOnlyList<McpMessage>? batch, out McpParseError error)
    {
        (message, batch) = (null, null);
        if (utf8.Span.TrimStart(" \t\r\n"u8) is not [(byte)'[', ..])
        {
            return TryParse(utf8, out message, out error);
        }

        if (!TryParseJson(utf8, s_batch, out var root, out error))
        {
            return false;
        }

        var count = root.GetArrayLength();
        if (count is 0 or > MaxBatch)
        {
            error = new(RpcError.InvalidRequest, $"A batch holds 1 to {MaxBatch} messages.");
            return false;
        }

        // A message of a batch has its own bytes and its own document: it travels alone, and none of the batch is held longer than itself.
        batch = [.. root.EnumerateArray().Select(static element => ParseElement(Encoding.UTF8.GetBytes(element.GetRawText())))];
        return true;
    }

    /// <summary>Reads an element of a batch: a message, or one of <see cref="McpMessageKind.Invalid"/>.</summary>
    public static McpMessage ParseElement(ReadOnlyMemory<byte> utf8) =>
        TryParse(utf8, out var message, out var error) ? message : McpMessage.Invalid(utf8, error);

    private static bool TryParseJson(ReadOnlyMemory<byte> utf8, in JsonDocumentOptions options, out JsonElement root, out McpParseError error)
    {
        root = default;
        error = new(RpcError.ParseError, "The body is not valid JSON, or an object in it holds a key twice.");
        if (!Utf8.IsValid(utf8.Span))
        {
            error = new(RpcError.ParseError, "The body is not valid UTF-8.");
            return false;
        }

        try
        {
            // The document is not disposed: elements of it may live on in tool arguments, and no pooled buffer is ever shared
            // between two sessions this way.
            root = JsonDocument.Parse(utf8, options).RootElement;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
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
}
