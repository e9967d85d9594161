using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The final message of a request and the HTTP status it is tied to. No body: the request was cancelled and gets none.</summary>
internal readonly record struct Answer(byte[]? Body, int Status, bool Failed, bool IsMoved = false)
{
    private const string MovedMessage = "The server that ran this request stopped. Its session goes on; send the request again.";

    public static Answer None => new(null, 200, Failed: true);

    public static Answer Of(byte[] body, bool failed = false) => new(body, 200, failed);

    /// <summary>The session is deactivated in this process: the request is not answered, and may be delivered again.</summary>
    public static Answer Moved(JsonElement id) => new(RpcReply.Error(id, RpcError.InternalError, MovedMessage, Retryable()), 503, Failed: true, IsMoved: true);

    public static Answer Error(JsonElement id, int code, string message, bool sessionless, JsonNode? data = null) =>
        new(RpcReply.Error(id, code, message, data), RpcError.StatusOf(code, sessionless), Failed: true);

    private static JsonObject Retryable() => new() { ["code"] = "session_moved", ["retryable"] = true };
}
