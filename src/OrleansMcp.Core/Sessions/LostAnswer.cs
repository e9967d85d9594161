using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions;

/// <summary>
/// The error for a request that a lost activation may have run: it says that the outcome is unknown, not that the request was refused.
/// </summary>
public static class LostAnswer
{
    /// <summary>The HTTP status that goes with it.</summary>
    public const int Status = 503;

    /// <summary>The code in the error's data.</summary>
    public const string Code = "outcome_unknown";

    private const string Message =
        "The machine that ran this request was lost before it answered. The request may or may not have taken effect.";

    /// <summary>The error, as a JSON-RPC message.</summary>
    /// <param name="request">The id of the request; undefined for a batch.</param>
    public static byte[] To(JsonElement request) =>
        RpcReply.Error(request, RpcError.InternalError, Message, new JsonObject { ["code"] = Code, ["retryable"] = false });
}
