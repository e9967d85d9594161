using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>The result of a tool of another server, passed on as it is: members and kinds of content that this server does not know as well.</summary>
internal static class UpstreamToolResult
{
    private const byte FirstOfSeparators = 0xE2; // of the UTF-8 of U+2028 and U+2029

    /// <summary>Whether it reports an error.</summary>
    /// <exception cref="UpstreamException">It is no result of a tool.</exception>
    public static bool IsError(string server, JsonElement result)
    {
        var hasContent = result.TryGetProperty("content"u8, out var content);
        if (hasContent ? content.ValueKind != JsonValueKind.Array : !result.TryGetProperty("structuredContent"u8, out _))
        {
            throw new UpstreamException(server, UpstreamFault.Invalid, "answered with something that is no result of a tool.");
        }

        return result.TryGetProperty("isError"u8, out var isError) && isError.ValueKind != JsonValueKind.False
            && (isError.ValueKind == JsonValueKind.True ? true
                : throw new UpstreamException(server, UpstreamFault.Invalid, "answered with something that is no result of a tool."));
    }

    /// <summary>Writes the members of the result, without the outer braces.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="server">The server.</param>
    /// <param name="result">What it answered.</param>
    /// <param name="wrapsStructure">Whether structured content that is no object is wrapped, for clients before 2026-07-28 (<see cref="Tools.LegacyOutput"/>).</param>
    /// <param name="writeMeta">Writes what <c>_meta</c> has besides; null when nothing.</param>
    public static void Write(Utf8JsonWriter writer, string server, JsonElement result, bool wrapsStructure, Action<Utf8JsonWriter>? writeMeta)
    {
        JsonElement meta = default;
        var hasContent = false;
        foreach (var member in result.EnumerateObject())
        {
            if (member.NameEquals("content"u8))
            {
                hasContent = true;
                WriteContent(writer, server, member.Value);
            }
            else if (member.NameEquals("_meta"u8))
            {
                meta = member.Value;
            }
            else if (member.NameEquals("structuredContent"u8) && wrapsStructure && member.Value.ValueKind != JsonValueKind.Object)
            {
                writer.WriteStartObject("structuredContent"u8);
                WriteRaw(writer, "result"u8, member.Value);
                writer.WriteEndObject();
            }
            else if (!member.NameEquals("resultType"u8))
            {
                writer.WritePropertyName(member.Name);
                WriteRaw(writer, member.Value);
            }
        }

        if (!hasContent)
        {
            writer.WriteStartArray("content"u8);
            writer.WriteEndArray();
        }

        WriteMeta(writer, meta, writeMeta);
    }

    /// <summary>The result as an object of its own, for the SDK's filters.</summary>
    public static JsonObject Rewrite(string server, JsonElement result)
    {
        _ = IsError(server, result);
        var rewritten = JsonObject.Create(result)!;
        rewritten["content"] ??= new JsonArray();
        UpstreamContent.Rewrite(server, rewritten["content"]);
        return rewritten;
    }

    private static void WriteContent(Utf8JsonWriter writer, string server, JsonElement content)
    {
        writer.WriteStartArray("content"u8);
        foreach (var block in content.EnumerateArray())
        {
            if (NamesResource(block))
            {
                var rewritten = JsonObject.Create(block);
                UpstreamContent.Rewrite(server, rewritten);
                rewritten!.WriteTo(writer);
            }
            else
            {
                WriteRaw(writer, block);
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteMeta(Utf8JsonWriter writer, JsonElement meta, Action<Utf8JsonWriter>? writeMeta)
    {
        var isThere = meta.ValueKind == JsonValueKind.Object;
        if (!isThere && writeMeta is null)
        {
            return;
        }

        writer.WriteStartObject("_meta"u8);
        foreach (var member in isThere ? meta.EnumerateObject() : default)
        {
            if (!UpstreamContent.IsOwn(member.Name))
            {
                writer.WritePropertyName(member.Name);
                WriteRaw(writer, member.Value);
            }
        }

        writeMeta?.Invoke(writer);
        writer.WriteEndObject();
    }

    private static bool NamesResource(JsonElement block) =>
        block.ValueKind == JsonValueKind.Object && block.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String
        && (type.ValueEquals("resource_link"u8) || type.ValueEquals("resource"u8));

    private static void WriteRaw(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement value)
    {
        writer.WritePropertyName(name);
        WriteRaw(writer, value);
    }

    private static void WriteRaw(Utf8JsonWriter writer, JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw.ContainsAny((byte)'\n', (byte)'\r', FirstOfSeparators) || raw.IndexOf("\\u"u8) >= 0)
        {
            value.WriteTo(writer); // Messages stand on one line, without U+2028 and U+2029, and in whole characters.
        }
        else
        {
            writer.WriteRawValue(raw, skipInputValidation: true);
        }
    }
}
