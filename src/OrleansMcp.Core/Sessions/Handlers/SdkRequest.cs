using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>A request as the SDK shows it to handlers.</summary>
internal static class SdkRequest
{
    /// <summary>The params are read from the message only when a handler looks at them.</summary>
    public static JsonRpcRequest Of(McpMessage message) => new()
    {
        Id = RpcId.Of(message.Id).ToRequestId(),
        Method = message.Method,
        Params = message.Params.ValueKind == JsonValueKind.Object ? JsonObject.Create(message.Params) : null,
    };
}
