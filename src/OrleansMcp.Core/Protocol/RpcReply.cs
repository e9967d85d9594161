using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;

namespace OrleansMcp.Protocol;

/// <summary>Writes JSON-RPC messages as UTF-8, each on one line.</summary>
public static class RpcReply
{
    // Replies are application/json or SSE data, never HTML: escaping only what JSON demands keeps text readable and short.
    private static readonly JsonWriterOptions s_writerOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static Scratch? t_scratch;

    /// <summary>A reply with a result.</summary>
    public static byte[] Result<T>(JsonElement id, T result, JsonTypeInfo<T> type)
    {
        var scratch = Begin();
        var writer = scratch.Writer;
        WriteHead(writer, id);
        writer.WritePropertyName("result"u8);
        JsonSerializer.Serialize(writer, result, type);
        return scratch.End();
    }

    /// <summary>A reply with a result of a type that the protocol library knows.</summary>
    public static byte[] Result<T>(JsonElement id, T result) => Result(id, result, Wire.Type<T>());

    /// <summary>A reply with a result that <paramref name="write"/> writes, a value.</summary>
    internal static byte[] Result<TState>(JsonElement id, TState state, Action<Utf8JsonWriter, TState> write)
    {
        var scratch = Begin();
        var writer = scratch.Writer;
        WriteHead(writer, id);
        writer.WritePropertyName("result"u8);
        write(writer, state);
        return scratch.End();
    }

    /// <summary>A reply with an error. Without a readable id, the id is left out as the protocol asks (transports, error responses).</summary>
    public static byte[] Error(JsonElement id, int code, string message, JsonNode? data = null)
    {
        var scratch = Begin();
        var writer = scratch.Writer;
        WriteHead(writer, id);
        writer.WriteStartObject("error"u8);
        writer.WriteNumber("code"u8, code);
        writer.WriteString("message"u8, message);
        if (data is not null)
        {
            writer.WritePropertyName("data"u8);
            data.WriteTo(writer);
        }

        writer.WriteEndObject();
        return scratch.End();
    }

    /// <summary>A request or a notification.</summary>
    internal static byte[] Call(string? id, string method, JsonNode? parameters)
    {
        var scratch = Begin();
        var writer = scratch.Writer;
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (id is not null)
        {
            writer.WriteString("id"u8, id);
        }

        writer.WriteString("method"u8, method);
        if (parameters is not null)
        {
            writer.WritePropertyName("params"u8);
            parameters.WriteTo(writer);
        }

        return scratch.End();
    }

    private static void WriteHead(Utf8JsonWriter writer, JsonElement id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (id.ValueKind != JsonValueKind.Undefined)
        {
            writer.WritePropertyName("id"u8);
            id.WriteTo(writer);
        }
    }

    private static Scratch Begin()
    {
        var scratch = t_scratch ??= new Scratch();
        scratch.Reset();
        return scratch;
    }

    // One writer a thread: building a reply allocates the reply and nothing else. Large replies do not stay behind in it.
    private sealed class Scratch
    {
        private const int LargestKept = 64 * 1024;
        private ArrayBufferWriter<byte> _buffer = new(1024);

        public Scratch() => Writer = new Utf8JsonWriter(_buffer, s_writerOptions);

        public Utf8JsonWriter Writer { get; private set; }

        public void Reset()
        {
            if (_buffer.Capacity > LargestKept)
            {
                _buffer = new(1024);
            }

            _buffer.ResetWrittenCount();
            Writer.Reset(_buffer);
        }

        public byte[] End()
        {
            Writer.WriteEndObject();
            Writer.Flush();
            return _buffer.WrittenSpan.ToArray();
        }
    }
}

/// <summary>JSON types of the protocol library.</summary>
internal static class Wire
{
    public static JsonTypeInfo<T> Type<T>() => Cache<T>.Info;

    public static T Read<T>(JsonElement element) where T : class =>
        element.Deserialize(Type<T>()) ?? throw new JsonException("A value is missing.");

    private static class Cache<T>
    {
        public static readonly JsonTypeInfo<T> Info = (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));
    }
}
