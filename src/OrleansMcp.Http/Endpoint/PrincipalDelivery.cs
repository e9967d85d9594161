using OrleansMcp.Http.Admission;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>Delivers to the actor of the caller's principal, which serves what comes without a session.</summary>
internal sealed class PrincipalDelivery(SessionLocator locator, JsonKeepAlive keepAlive)
{
    // A message to an overdue actor ends the actor and gets NotFound; the next attempt reaches a new one.
    private const int Attempts = 3;

    /// <summary>Delivers a message. Returns the actor and its reply.</summary>
    public async ValueTask<(ISession Session, SessionReply Reply)> DeliverAsync(Post post, McpMessage message, PostOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var session = locator.OfPrincipal(post.Caller);
            var reply = await keepAlive.WaitAsync(post, session.PostAsync(post.Caller, message, options, post.Aborted));
            if (reply.Kind != ReplyKind.NotFound || attempt == Attempts)
            {
                return (session, reply);
            }
        }
    }

    /// <summary>Delivers a batch. Returns the actor and its reply.</summary>
    public async ValueTask<(ISession Session, SessionReply Reply)> DeliverAsync(Post post, IReadOnlyList<McpMessage> batch, PostOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var session = locator.OfPrincipal(post.Caller);
            var reply = await keepAlive.WaitAsync(post, session.PostBatchAsync(post.Caller, batch, options, post.Aborted));
            if (reply.Kind != ReplyKind.NotFound || attempt == Attempts)
            {
                return (session, reply);
            }
        }
    }
}
