using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Responses;
using OrleansMcp.Http.Streams;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>GET: reads the session's own stream, or resumes any of its streams. Revisions with sessions only.</summary>
internal sealed class ListenEndpoint(SessionLocator locator, RequestDoor door, IConfigurationSource configuration, EventStreamWriter streams)
{
    private const int MaxEventIdLength = 64;

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

        if (!AcceptedTypes.Of(context.Request).Stream)
        {
            await Replies.NotAcceptableAsync(context);
            return;
        }

        if (McpHeaders.Get(context.Request, McpHeaders.SessionId) is not { } id)
        {
            if (configuration.Current.Sessions.WithoutId == OnMissingSessionId.Serve)
            {
                // The client does without a session, and a stream belongs to one: it is told so as by a server that has none (transports, Listening).
                await Replies.NotAllowedAsync(context, "POST");
                return;
            }

            await Replies.ErrorAsync(context, StatusCodes.Status400BadRequest, RpcError.Refused, "The header Mcp-Session-Id is required.");
            return;
        }

        var last = McpHeaders.Get(context.Request, McpHeaders.LastEventId);
        if (locator.Find(id, caller, last is null ? "GET" : "Last-Event-ID") is not { } session)
        {
            await Replies.NotFoundAsync(context);
            return;
        }

        using var open = door.OpenStream(caller);

        // The session answers an unknown id with Lost.
        var request = new StreamRequest(StreamId: 0, string.IsNullOrEmpty(last) ? null : last[..Math.Min(last.Length, MaxEventIdLength)]);
        await streams.WriteAsync(context, session, caller, request, id: default, isOwed: false);
    }
}
