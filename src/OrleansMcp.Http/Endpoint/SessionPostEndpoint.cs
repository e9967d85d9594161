using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>
/// POST of the revisions with sessions. What comes without the id of a session is served by the actor of the caller's principal, unless that is
/// configured otherwise (<see cref="OnMissingSessionId"/>).
/// </summary>
internal sealed class SessionPostEndpoint(
    SessionLocator locator, PrincipalDelivery principals, JsonKeepAlive keepAlive, IConfigurationSource configuration, ReplyWriter replies)
{
    public async Task HandleAsync(Post post, McpMessage message)
    {
        if (!await AcceptsVersionAsync(post, message.Id))
        {
            return;
        }

        if (McpHeaders.Get(post.Context.Request, McpHeaders.SessionId) is { } id)
        {
            await DeliverAsync(post, id, message);
        }
        else if (message is { Kind: McpMessageKind.Request, Method: Methods.Initialize })
        {
            await OpenAsync(post, message);
        }
        else if (ServesWithoutId)
        {
            var (session, reply) = await principals.DeliverAsync(post, message, post.Options);
            await replies.WriteAsync(post, session, reply, message.Id);
        }
        else
        {
            await NeedsSessionAsync(post, message.Id);
        }
    }

    public async Task HandleBatchAsync(Post post, IReadOnlyList<McpMessage> batch)
    {
        if (ProtocolVersions.IsSessionless(post.Version))
        {
            await Replies.ErrorAsync(post.Context, StatusCodes.Status400BadRequest, RpcError.InvalidRequest, "This revision has no batches.");
            return;
        }

        if (!await AcceptsVersionAsync(post, default))
        {
            return;
        }

        if (McpHeaders.Get(post.Context.Request, McpHeaders.SessionId) is { } id)
        {
            if (locator.Find(id, post.Caller, "POST of a batch") is not { } session)
            {
                await Replies.NotFoundAsync(post.Context);
                return;
            }

            var reply = await keepAlive.WaitAsync(post, session.PostBatchAsync(post.Caller, batch, post.Options, post.Aborted));
            await replies.WriteAsync(post, session, reply, default);
        }
        else if (ServesWithoutId)
        {
            var (actor, answer) = await principals.DeliverAsync(post, batch, post.Options);
            await replies.WriteAsync(post, actor, answer, default);
        }
        else
        {
            await NeedsSessionAsync(post, default);
        }
    }

    private bool ServesWithoutId => configuration.Current.Sessions.WithoutId == OnMissingSessionId.Serve;

    private async Task DeliverAsync(Post post, string id, McpMessage message)
    {
        if (locator.Find(id, post.Caller, "POST") is not { } session)
        {
            await Replies.NotFoundAsync(post.Context, message.Id);
            return;
        }

        var reply = await keepAlive.WaitAsync(post, session.PostAsync(post.Caller, message, post.Options, post.Aborted));
        await replies.WriteAsync(post, session, reply, message.Id);
    }

    private async Task OpenAsync(Post post, McpMessage initialize)
    {
        var (session, id) = locator.Create(post.Caller);
        var reply = await session.OpenAsync(post.Caller, initialize, post.Aborted);
        if (reply is { Kind: ReplyKind.Message, Status: StatusCodes.Status200OK })
        {
            post.Context.Response.Headers[McpHeaders.SessionId] = id;
        }

        await replies.WriteAsync(post, session, reply, initialize.Id);
    }

    private static async ValueTask<bool> AcceptsVersionAsync(Post post, JsonElement id)
    {
        if (post.Version is null || ProtocolVersions.IsSupported(post.Version))
        {
            return true;
        }

        await Replies.UnsupportedVersionAsync(post.Context, id);
        return false;
    }

    private static Task NeedsSessionAsync(Post post, JsonElement id) => Replies.ErrorAsync(
        post.Context, StatusCodes.Status400BadRequest, RpcError.Refused, "The header Mcp-Session-Id is required; a session begins with initialize.", id);
}
