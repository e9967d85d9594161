using System.Text;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>A definition as it is stored: the approved one of a tool, or the one that waits. Each is a record of its own.</summary>
/// <param name="Tool">What clients call the tool.</param>
/// <param name="Original">What its server calls it.</param>
/// <param name="Digest">The definition's digest.</param>
/// <param name="Json">The definition or its beginning, in UTF-8, so that what is stored is no longer than can be foreseen.</param>
/// <param name="Bytes">How long the whole definition is.</param>
/// <param name="Approval">Who approved it; null for one that waits.</param>
/// <param name="At">When it was first seen, or approved, UTC.</param>
internal sealed record PinEntry(string Tool, string Original, string Digest, byte[] Json, int Bytes, ToolApproval? Approval, DateTimeOffset At)
{
    private const int Overhead = 4 * 1024; // names, digest, and who approved, with every character escaped

    public static JsonTypeInfo<PinEntry> Format => PinFormat.Default.PinEntry;

    [JsonIgnore]
    public bool IsApproved => Approval is not null;

    /// <summary>The key of its record.</summary>
    [JsonIgnore]
    public string Key => KeyOf(Tool, IsApproved);

    /// <summary>Bytes of its record, at most.</summary>
    [JsonIgnore]
    public int Size => Overhead + (4 * Json.Length / 3);

    [JsonIgnore]
    public SeenDefinition Definition => new(Original, Digest, Encoding.UTF8.GetString(Json), Bytes);

    public static PinEntry Of(string tool, SeenDefinition definition, ToolApproval? approval, DateTimeOffset at) =>
        new(tool, definition.Original, definition.Digest, Encoding.UTF8.GetBytes(definition.Json), definition.Bytes, approval, at);

    public static string KeyOf(string tool, bool isApproved) => (isApproved ? "approved/" : "pending/") + tool;
}

[JsonSerializable(typeof(PinEntry))]
internal sealed partial class PinFormat : JsonSerializerContext;
