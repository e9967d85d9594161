using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The final message of a request and the HTTP status it is tied to. No body: the request was cancelled and gets none.</summary>
internal readonly record struct Answer(byte[]? Body, int Status, bool Failed)
{
    public static Answer None => new(null, 200, Failed: true);

    public static Answer Of(byte[] body, bool failed = false) => new(body, 200, failed);

    public static Answer Error(JsonElement id, int code, string message, bool sessionless, JsonNode? data = null) =>
        new(RpcReply.Error(id, code, message, data), RpcError.StatusOf(code, sessionless), Failed: true);
}
