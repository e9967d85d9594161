using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Upstream.Messages;

/// <summary>Writes messages to servers.</summary>
internal static class MessageWriter
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // Keys of _meta that say something about the client's own connection to this server.
    private static ReadOnlySpan<byte> ProgressToken => "progressToken"u8;

    /// <summary>A request. <paramref name="writeMeta"/> adds what the server's era has in <c>_meta</c>.</summary>
    public static ReadOnlyMemory<byte> Request(long id, UpstreamRequest request, IUpstreamExchange exchange, Action<Utf8JsonWriter, IUpstreamExchange>? writeMeta)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, s_options);
        WriteHead(writer, request.Method);
        writer.WriteNumber("id"u8, id);
        writer.WriteStartObject("params"u8);
        request.WriteParams(writer);
        WriteMeta(writer, id, exchange, writeMeta);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>A notification.</summary>
    public static ReadOnlyMemory<byte> Notification(string method, Action<Utf8JsonWriter>? writeParams = null)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(buffer, s_options);
        WriteHead(writer, method);
        if (writeParams is not null)
        {
            writer.WriteStartObject("params"u8);
            writeParams(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The response to a request of the server: a result, or an error where it is undefined.</summary>
    public static ReadOnlyMemory<byte> Response(JsonElement id, JsonElement result, int errorCode, string? error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, s_options);
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WritePropertyName("id"u8);
        id.WriteTo(writer);
        if (error is null)
        {
            writer.WritePropertyName("result"u8);
            result.WriteTo(writer);
        }
        else
        {
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("code"u8, errorCode);
            writer.WriteString("message"u8, error);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteHead(Utf8JsonWriter writer, string method)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WriteString("method"u8, method);
    }

    /// <summary>
    /// The client's <c>_meta</c> without what concerns its connection to this server: its progress token, for which ours stands, the keys of 2026-07-28
    /// that describe a request, and keys of our own.
    /// </summary>
    private static void WriteMeta(Utf8JsonWriter writer, long id, IUpstreamExchange exchange, Action<Utf8JsonWriter, IUpstreamExchange>? writeMeta)
    {
        var hasMeta = exchange.Meta.ValueKind == JsonValueKind.Object;
        if (!hasMeta && !exchange.WantsProgress && writeMeta is null)
        {
            return;
        }

        writer.WriteStartObject("_meta"u8);
        foreach (var property in hasMeta ? exchange.Meta.EnumerateObject() : default)
        {
            if (!property.NameEquals(ProgressToken) && !property.Name.StartsWith(ProtocolMeta.Prefix, StringComparison.Ordinal)
                && !property.Name.StartsWith(OwnMetaKeys.Prefix, StringComparison.Ordinal))
            {
                property.WriteTo(writer);
            }
        }

        if (exchange.WantsProgress)
        {
            writer.WriteNumber(ProgressToken, id);
        }

        writeMeta?.Invoke(writer, exchange);
        writer.WriteEndObject();
    }
}
