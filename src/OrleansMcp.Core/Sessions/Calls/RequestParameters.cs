using System.Text.Json;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Calls;

/// <summary>Reads the params of requests.</summary>
internal static class RequestParameters
{
    /// <exception cref="ModelContextProtocol.McpProtocolException">The request has no params.</exception>
    /// <exception cref="JsonException">The params do not fit the method.</exception>
    public static T Read<T>(RunningCall call) where T : class =>
        call.Message.Params.ValueKind == JsonValueKind.Object
            ? Wire.Read<T>(call.Message.Params)
            : throw Failures.InvalidParams("The request needs params.");
}
