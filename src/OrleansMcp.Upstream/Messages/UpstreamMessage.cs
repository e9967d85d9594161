using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace OrleansMcp.Upstream.Messages;

/// <summary>A JSON-RPC message of a server.</summary>
internal sealed class UpstreamMessage : IDisposable
{
    private readonly JsonDocument _document;

    private UpstreamMessage(JsonDocument document) => _document = document;

    /// <summary>The id; undefined in notifications.</summary>
    public JsonElement Id => Member("id"u8);

    /// <summary>The method of a request or notification; null in responses.</summary>
    public string? Method => Member("method"u8) is { ValueKind: JsonValueKind.String } method ? method.GetString() : null;

    /// <summary>The params, or undefined.</summary>
    public JsonElement Params => Member("params"u8);

    /// <summary>The result, or undefined.</summary>
    public JsonElement Result => Member("result"u8);

    /// <summary>The error, or undefined.</summary>
    public JsonElement Error => Member("error"u8);

    public bool IsRequest => Method is not null && Id.ValueKind is JsonValueKind.String or JsonValueKind.Number;

    /// <summary>Reads one message. False when the bytes are none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out UpstreamMessage? message)
    {
        message = null;
        if (!Utf8.IsValid(utf8))
        {
            return false; // The parser looks at strings only when they are read, and parts of messages are passed on unread.
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 64 });
        JsonDocument? document = null;
        try
        {
            if (JsonDocument.TryParseValue(ref reader, out document) && document.RootElement.ValueKind == JsonValueKind.Object && !reader.Read())
            {
                message = new UpstreamMessage(document);
                return true;
            }
        }
        catch (JsonException)
        {
            // Also what follows the first value.
        }

        document?.Dispose();
        return false;
    }

    /// <summary>
    /// Whether it answers the request of this id. An error without an id does so too: servers refuse what they have not read, and it came in the response to
    /// this request.
    /// </summary>
    public bool Answers(long id) => Method is null && Id switch
    {
        { ValueKind: JsonValueKind.Number } answered => answered.TryGetInt64(out var number) && number == id,
        { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => Error.ValueKind == JsonValueKind.Object,
        _ => false,
    };

    /// <summary>The result, which keeps the message until it is disposed.</summary>
    public UpstreamResult TakeResult() => new(_document, Result);

    public void Dispose() => _document.Dispose();

    private JsonElement Member(ReadOnlySpan<byte> name) => _document.RootElement.TryGetProperty(name, out var member) ? member : default;
}
