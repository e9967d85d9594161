using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Memory;

namespace OrleansMcp.Protocol;

/// <summary>What a JSON-RPC message is.</summary>
public enum McpMessageKind
{
    /// <summary>Has a method and an id.</summary>
    Request,

    /// <summary>Has a method and no id.</summary>
    Notification,

    /// <summary>Has a result or an error, and an id.</summary>
    Response,

    /// <summary>An element of a batch that is no message: <see cref="McpMessage.Error"/> says why.</summary>
    Invalid,
}

/// <summary>
/// One JSON-RPC message as it came from a client, checked for form and parsed once. The bytes are the message: what is judged is what
/// is executed, and an engine that moves it to another machine moves the bytes.
/// </summary>
public sealed class McpMessage
{
    private HeldBytes? _held;

    internal McpMessage(ReadOnlyMemory<byte> utf8, JsonElement root, McpMessageKind kind, string method, JsonElement id, JsonElement parameters)
    {
        Utf8 = utf8;
        Root = root;
        Kind = kind;
        Method = method;
        Id = id;
        Params = parameters;
    }

    /// <summary>What stands for an element of a batch that is no message.</summary>
    internal static McpMessage Invalid(ReadOnlyMemory<byte> utf8, McpParseError error) =>
        new(utf8, root: default, McpMessageKind.Invalid, method: "", error.Id, parameters: default) { Error = error };

    /// <summary>The message, UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>Why it is no message; for <see cref="McpMessageKind.Invalid"/> alone.</summary>
    public McpParseError Error { get; private init; }

    /// <summary>The message as JSON. Property names are unique and compared exactly. Undefined for <see cref="McpMessageKind.Invalid"/>.</summary>
    public JsonElement Root { get; }

    /// <summary>What the message is.</summary>
    public McpMessageKind Kind { get; }

    /// <summary>The method; empty when there is none.</summary>
    public string Method { get; }

    /// <summary>The id: a string or a whole number. Undefined when there is none.</summary>
    public JsonElement Id { get; }

    /// <summary>The params object, or undefined when absent.</summary>
    public JsonElement Params { get; }

    /// <summary>
    /// Whether the message is taken however many came before it: what ends work, or answers a request of the server, must get through, and a
    /// ping asks whether the server is there. It is counted all the same.
    /// </summary>
    public bool IsNeverRefused => Kind switch
    {
        McpMessageKind.Response => true,
        McpMessageKind.Notification => Method == NotificationMethods.CancelledNotification,
        McpMessageKind.Invalid => false,
        _ => Method == RequestMethods.Ping,
    };

    /// <summary>Whether the message is of a revision without sessions, by the <c>MCP-Protocol-Version</c> header or by its own <c>_meta</c>.</summary>
    /// <param name="header">The header; null when absent.</param>
    public bool IsSessionless(string? header) => ProtocolVersions.IsSessionless(header)
        || (Params.ValueKind == JsonValueKind.Object && Params.TryGetProperty("_meta"u8, out var meta) && meta.ValueKind == JsonValueKind.Object
            && meta.TryGetProperty(MetaKeys.ProtocolVersion, out _));

    /// <summary>How long it took to parse the message, where it is worth counting.</summary>
    public TimeSpan ParsedIn { get; internal init; }

    /// <summary>Says what is charged for the message. Who takes it (<see cref="TakeHeld"/>) disposes of it.</summary>
    public void GiveHeld(HeldBytes held) => Volatile.Write(ref _held, held);

    /// <summary>What is charged for the message, for the first who asks; null for a message that came from another process.</summary>
    public HeldBytes? TakeHeld() => Interlocked.Exchange(ref _held, null);
}
