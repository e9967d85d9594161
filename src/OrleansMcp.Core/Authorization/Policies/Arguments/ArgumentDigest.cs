using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace OrleansMcp.Authorization.Policies.Arguments;

/// <summary>
/// A digest of the arguments of a call, of what a policy judges: keys in order, texts without the ways to escape them, numbers as they are
/// written. Arguments that no reader of JSON could tell apart have the same; <c>1</c> and <c>1.0</c>, which some tell apart, have not.
/// </summary>
internal static class ArgumentDigest
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? t_scratch;

    /// <summary>SHA-256, in hexadecimal.</summary>
    /// <param name="arguments">An object, or nothing.</param>
    /// <param name="except">A key of the outermost object that is none of the tool's.</param>
    public static string Of(JsonElement arguments, string? except = null)
    {
        var (buffer, writer) = t_scratch ??= NewScratch();
        buffer.ResetWrittenCount();
        writer.Reset();
        if (arguments.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue(); // No object: arguments are one or absent.
        }
        else
        {
            Write(writer, arguments, except);
        }

        writer.Flush();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, digest);
        if (buffer.Capacity > 64 * 1024)
        {
            t_scratch = null; // A large call leaves no large buffer behind.
        }

        return Convert.ToHexStringLower(digest);
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) NewScratch()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new Utf8JsonWriter(buffer));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, string? except = null)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                WriteProperties(writer, element, except);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static void WriteProperties(Utf8JsonWriter writer, JsonElement element, string? except)
    {
        IEnumerable<JsonProperty> properties = element.EnumerateObject();
        foreach (var property in element.GetPropertyCount() > 1 ? properties.OrderBy(one => one.Name, StringComparer.Ordinal) : properties)
        {
            if (property.Name != except)
            {
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value);
            }
        }
    }
}
