using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Sessions;

namespace OrleansMcp.Sessions.State;

/// <summary>A session record as bytes: JSON in UTF-8, the same in every engine.</summary>
public static class SessionRecordFormat
{
    /// <summary>Writes the record.</summary>
    public static byte[] Write(SessionRecord record) =>
        JsonSerializer.SerializeToUtf8Bytes(record, SessionRecordJson.Default.SessionRecord);

    /// <summary>Reads the record of <paramref name="key"/>.</summary>
    /// <exception cref="SessionRecordException">The bytes are no record, or another session's.</exception>
    public static SessionRecord Read(SessionKey key, ReadOnlySpan<byte> utf8)
    {
        try
        {
            var record = JsonSerializer.Deserialize(utf8, SessionRecordJson.Default.SessionRecord);
            return record?.IsOf(key) == true ? record : throw new SessionRecordException("The record belongs to another session or another tenant.");
        }
        catch (JsonException e)
        {
            throw new SessionRecordException("The bytes are not a session record.", e);
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class SessionRecordJson : JsonSerializerContext;
