using OrleansMcp.Http.Responses;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Streams;
using OrleansMcp.Http.Transfers;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>Writes a session's reply to a POST as HTTP.</summary>
internal sealed class ReplyWriter(EventStreamWriter streams, PacedWriter writer)
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

        return WriteMessageAsync(post, reply);
    }

    /// <summary>Writes a reply that is a message.</summary>
    public Task WriteMessageAsync(Post post, SessionReply reply)
    {
        if (reply.RetryAfterSeconds > 0)
        {
            Replies.RetryAfter(post.Context, reply.RetryAfterSeconds);
        }

        if (!post.Accepts.Json)
        {
            return streams.WriteOneAsync(post.Context, post.Caller, reply.Status, reply.Body);
        }

        Replies.BeginJson(post.Context, reply.Status, reply.Body.Length);
        return writer.WriteAsync(post.Context, post.Caller, reply.Body);
    }
}
