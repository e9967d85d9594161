using System.Runtime.InteropServices;
using System.Text.Json;

namespace OrleansMcp.Protocol;

/// <summary>
/// The id of a request as a value: two spellings of one string, or of one number, are one id; a number is never a string (JSON-RPC 2.0,
/// Request object). What is sent back has the same value.
/// </summary>
internal readonly record struct RpcId
{
    /// <summary>What <see cref="IsId"/> asks for, for people.</summary>
    public const string Form = "The id must be a string of at most 254 characters, or an integer of 64 bits.";

    private const int MaxLength = 254;
    private const int LongestEscape = 6; // as \u0061

    private readonly string? _text; // null for a number
    private readonly long _number;

    private RpcId(string? text, long number) => (_text, _number) = (text, number);

    /// <summary>Whether this is an id: a short string, or a whole number of 64 bits, however it is spelt.</summary>
    public static bool IsId(JsonElement id) => id.ValueKind switch
    {
        JsonValueKind.String => IsShort(id),
        JsonValueKind.Number => id.TryGetInt64(out _) || (JsonMarshal.GetRawUtf8Value(id).Length <= MaxLength && WholeNumbers.TryRead(id, out _)),
        _ => false,
    };

    /// <summary>Judged by its characters, not by how they are spelt.</summary>
    private static bool IsShort(JsonElement text)
    {
        var spelt = JsonMarshal.GetRawUtf8Value(text).Length - 2; // without its quotes
        return spelt <= MaxLength || (spelt <= LongestEscape * MaxLength && text.GetString()!.Length <= MaxLength);
    }

    /// <summary>The value of an id.</summary>
    /// <param name="id">Something for which <see cref="IsId"/> holds.</param>
    public static RpcId Of(JsonElement id) =>
        id.ValueKind == JsonValueKind.String ? new(id.GetString(), 0)
        : id.TryGetInt64(out var number) || WholeNumbers.TryRead(id, out number) ? new(text: null, number)
        : throw new ArgumentException("It is no id.", nameof(id));

    /// <summary>The id as the protocol's library has it.</summary>
    public ModelContextProtocol.Protocol.RequestId ToRequestId() => _text is { } text ? new(text) : new(_number);
}
