using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>DELETE: ends the session and answers with the receipt. Revisions with sessions only.</summary>
internal sealed class DeleteEndpoint(SessionLocator locator)
{
    public async Task HandleAsync(HttpContext context, Caller caller)
    {
        var supported = McpHeaders.TryGetVersion(context.Request, out var version);
        if (ProtocolVersions.IsSessionless(version))
        {
            await Replies.NotAllowedAsync(context, "POST");
            return;
        }

        if (!supported)
        {
            await Replies.UnsupportedVersionAsync(context);
            return;
        }

        if (McpHeaders.Get(context.Request, McpHeaders.SessionId) is not { } id)
        {
            await Replies.ErrorAsync(context, StatusCodes.Status400BadRequest, RpcError.Refused, "The header Mcp-Session-Id is required.");
            return;
        }

        // Not cancelled when the client hangs up: an end that was begun is completed.
        var receipt = locator.Find(id, caller, "DELETE") is { } session ? await session.EndAsync(caller, CancellationToken.None) : null;
        await (receipt is null
            ? Replies.NotFoundAsync(context)
            : Replies.JsonAsync(context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(receipt, ReceiptJson.Default.SessionReceipt)));
    }
}
