using OrleansMcp.Http.Responses;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Streams;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>Writes a session's reply to a POST as HTTP.</summary>
internal sealed class ReplyWriter(EventStreamWriter streams)
{
    public Task WriteAsync(Post post, ISession session, SessionReply reply, JsonElement id, bool isOwed = true)
    {
        switch (reply.Kind)
        {
            case ReplyKind.Accepted:
                post.Context.Response.StatusCode = StatusCodes.Status202Accepted;
                return Task.CompletedTask;
            case ReplyKind.Stream:
                return streams.WriteAsync(post.Context, session, post.Caller, new StreamRequest(reply.StreamId), id, isOwed);
            case ReplyKind.NotFound:
                return Replies.NotFoundAsync(post.Context, id);
        }

        if (reply.RetryAfterSeconds > 0)
        {
            post.Context.Response.Headers.RetryAfter = reply.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return post.Accepts.Json
            ? Replies.JsonAsync(post.Context, reply.Status, reply.Body)
            : streams.WriteOneAsync(post.Context, reply.Status, reply.Body);
    }
}
