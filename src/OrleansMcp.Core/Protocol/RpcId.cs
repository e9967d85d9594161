using System.Runtime.InteropServices;
using System.Text.Json;

namespace OrleansMcp.Protocol;

/// <summary>
/// The id of a request as a value: two spellings of one string, or of one number, are one id; a number is never a string (JSON-RPC 2.0,
/// Request object). What is sent back is the spelling of the client.
/// </summary>
internal readonly record struct RpcId
{
    private const int MaxLength = 256;

    private readonly string? _text; // null for a number
    private readonly long _number;

    private RpcId(string? text, long number) => (_text, _number) = (text, number);

    /// <summary>Whether this is an id: a short string, or a whole number of 64 bits, however it is spelt.</summary>
    public static bool IsId(JsonElement id) => id.ValueKind switch
    {
        JsonValueKind.String => JsonMarshal.GetRawUtf8Value(id).Length <= MaxLength,
        JsonValueKind.Number => id.TryGetInt64(out _) || (JsonMarshal.GetRawUtf8Value(id).Length <= MaxLength && WholeNumbers.TryRead(id, out _)),
        _ => false,
    };

    /// <summary>The value of an id.</summary>
    /// <param name="id">Something for which <see cref="IsId"/> holds.</param>
    public static RpcId Of(JsonElement id) =>
        id.ValueKind == JsonValueKind.String ? new(id.GetString(), 0)
        : id.TryGetInt64(out var number) || WholeNumbers.TryRead(id, out number) ? new(text: null, number)
        : throw new ArgumentException("It is no id.", nameof(id));

    /// <summary>The id as the protocol's library has it.</summary>
    public ModelContextProtocol.Protocol.RequestId ToRequestId() => _text is { } text ? new(text) : new(_number);
}
