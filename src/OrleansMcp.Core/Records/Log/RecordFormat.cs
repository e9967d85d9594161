using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Quotas;

namespace OrleansMcp.Records.Log;

/// <summary>Requests, replies and what is stored, as UTF-8 JSON: values are JSON already, and stay what they were.</summary>
public static class RecordFormat
{
    /// <summary>A request.</summary>
    public static byte[] Write(RecordRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, RecordJson.Default.RecordRequest);

    /// <summary>A reply.</summary>
    public static byte[] Write(RecordReply reply) => JsonSerializer.SerializeToUtf8Bytes(reply, RecordJson.Default.RecordReply);

    /// <summary>A record.</summary>
    public static byte[] Write(Record record) => JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.Record);

    /// <summary>Grants and schema.</summary>
    public static byte[] Write(RecordRules rules) => JsonSerializer.SerializeToUtf8Bytes(rules, RecordJson.Default.RecordRules);

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static RecordRequest ReadRequest(ReadOnlySpan<byte> bytes) => Read(bytes, RecordJson.Default.RecordRequest);

    /// <summary>Reads a reply.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static RecordReply ReadReply(ReadOnlySpan<byte> bytes) => Read(bytes, RecordJson.Default.RecordReply);

    /// <summary>Reads a record.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static Record ReadRecord(ReadOnlySpan<byte> bytes) => Read(bytes, RecordJson.Default.Record);

    /// <summary>Reads grants and schema.</summary>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public static RecordRules ReadRules(ReadOnlySpan<byte> bytes) =>
        Read(bytes, RecordJson.Default.RecordRules) is { Grants: not null } rules ? rules : throw new InvalidDataException("What should be grants is none.");

    private static T Read<T>(ReadOnlySpan<byte> bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new InvalidDataException("There is nothing where records should be.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("What should be records is none.", e);
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, MaxDepth = 128, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(RecordRequest))]
[JsonSerializable(typeof(RecordReply))]
[JsonSerializable(typeof(Record))]
[JsonSerializable(typeof(RecordRules))]
internal sealed partial class RecordJson : JsonSerializerContext;
