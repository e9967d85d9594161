using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Sessions.Upstreams;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// Dispatches the messages that a <see cref="Session"/> has admitted: requests to the <see cref="RequestRunner"/>, responses to the
/// <see cref="ClientRequests"/>, cancellations to the running call.
/// </summary>
internal sealed class MessageIntake(
    CurrentRecord record, SessionAccount account, SessionStreams streams, RequestRunner runner, RunningCalls calls, ClientRequests requests, UpstreamForwarding upstreams, ReplyWriter replies)
{
    /// <summary>Takes one message; see <see cref="ISession.PostAsync"/>.</summary>
    public ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken)
    {
        if (CheckVersion(message.Id, options) is { } refusal)
        {
            return new(refusal);
        }

        if (Count(caller, message, options) is { } over)
        {
            return new(replies.WriteRefusal(message, IsSessionless(message, options), over).ToReply());
        }

        switch (message.Kind)
        {
            case McpMessageKind.Response:
                return new(requests.TryAnswer(message)
                    ? SessionReply.Accepted
                    : Refuse(default, RpcError.InvalidRequest, "This response answers no request of the server."));
            case McpMessageKind.Notification:
                TakeNotification(message, options);
                return new(SessionReply.Accepted);
            case McpMessageKind.Invalid: // The front end answers one that comes alone.
                return new(Refuse(message.Id, message.Error.Code, message.Error.Message));
            default:
                var sink = new PostSink(streams, options.AcceptsStream, requests: 1, isBatch: false);
                runner.Start(caller, message, sink, options, cancellationToken);
                return sink.ReplyAsync();
        }
    }

    /// <summary>Takes a batch; see <see cref="ISession.PostBatchAsync"/>.</summary>
    public ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken)
    {
        if (CheckVersion(default, options) is { } refusal)
        {
            return new(refusal);
        }

        if (RevisionOf(options) != ProtocolVersions.March2025)
        {
            return new(Refuse(default, RpcError.InvalidRequest, "Batches exist in protocol revision 2025-03-26 only."));
        }

        if (messages.Any(message => message.Method == Methods.Initialize))
        {
            // 2025-03-26, lifecycle: initialize must not be part of a batch.
            return new(Refuse(default, RpcError.InvalidRequest, "initialize must not be part of a batch."));
        }

        var count = messages.Count(message => message.Kind is McpMessageKind.Request or McpMessageKind.Invalid);
        var sink = new PostSink(streams, options.AcceptsStream, count, isBatch: true);
        var (refused, last) = (0, default(QuotaRefusal));
        foreach (var message in messages)
        {
            if (Count(caller, message, options) is { } over)
            {
                (refused, last) = (refused + 1, over);
                Refuse(message, sink, over);
            }
            else
            {
                Take(caller, message, sink, options, cancellationToken);
            }
        }

        return refused == messages.Count ? RefusedAsync(count, sink, last!)
            : messages.All(message => message.Kind == McpMessageKind.Invalid) ? NothingTakenAsync(sink)
            : count == 0 ? new(SessionReply.Accepted)
            : sink.ReplyAsync();
    }

    private void Take(Caller caller, McpMessage message, PostSink sink, PostOptions options, CancellationToken cancellationToken)
    {
        switch (message.Kind)
        {
            case McpMessageKind.Response:
                requests.TryAnswer(message);
                break;
            case McpMessageKind.Notification:
                TakeNotification(message, options);
                break;
            case McpMessageKind.Invalid:
                sink.Finish(Answer.Error(message.Id, message.Error.Code, message.Error.Message, sessionless: false));
                break;
            case McpMessageKind.Request when IsSessionless(message, options):
                sink.Finish(Answer.Error(message.Id, RpcError.InvalidRequest, "This revision has no batches.", sessionless: false));
                break;
            default:
                // The delivery's name covers the whole post: under it, the state changes of different messages of the batch would have the
                // same step numbers.
                runner.Start(caller, message, sink, options with { Delivery = default }, cancellationToken);
                break;
        }
    }

    private void Refuse(McpMessage message, PostSink sink, QuotaRefusal refusal)
    {
        if (message.Kind is McpMessageKind.Request or McpMessageKind.Invalid)
        {
            sink.Finish(replies.WriteRefusal(message, isSessionless: false, refusal));
        }
    }

    /// <summary>The reply to a batch in which there is no message: each element has its error.</summary>
    private static async ValueTask<SessionReply> NothingTakenAsync(PostSink sink) => await sink.ReplyAsync() with { Status = 400 };

    /// <summary>The reply to a batch of which all is over a quota: each request has its error, and the whole has the status of one.</summary>
    private static async ValueTask<SessionReply> RefusedAsync(int requests, PostSink sink, QuotaRefusal refusal)
    {
        var alone = Answer.OverQuota(default, refusal).ToReply();
        return requests == 0 ? alone : await sink.ReplyAsync() with { Status = alone.Status, RetryAfterSeconds = alone.RetryAfterSeconds };
    }

    /// <summary>Counts a message; the quota that refuses it, or null.</summary>
    private QuotaRefusal? Count(Caller caller, McpMessage message, PostOptions options)
    {
        if (!message.IsNeverRefused)
        {
            return options.Refusal ?? account.CountRequest(caller);
        }

        account.CountAnyway();
        return null;
    }

    /// <summary>The revision of a post; null for a session that a handle names, which serves none but those without sessions.</summary>
    private string? RevisionOf(PostOptions options) => record.Value.ProtocolVersion
        ?? (record.Key.IsPrincipal ? options.ProtocolVersion ?? ProtocolVersions.March2025 : null);

    private bool IsSessionless(McpMessage message, PostOptions options) =>
        record.Value.ProtocolVersion is null && message.IsSessionless(options.ProtocolVersion);

    private void TakeNotification(McpMessage message, PostOptions options)
    {
        if (message.Method == NotificationMethods.RootsListChangedNotification)
        {
            upstreams.TellRootsChanged();
        }

        // 2026-07-28 cancels over HTTP by closing the response stream, never by this notification.
        if (!IsSessionless(message, options) && message.Method == NotificationMethods.CancelledNotification
            && message.Params.ValueKind == JsonValueKind.Object
            && message.Params.TryGetProperty("requestId"u8, out var id) && RpcId.IsId(id))
        {
            calls.FindNewest(RpcId.Of(id))?.Cancel(CancelReason.Client);
        }
    }

    /// <summary>A session keeps the revision it negotiated; a header that names another is an error (2025-06-18, transports).</summary>
    private SessionReply? CheckVersion(JsonElement id, PostOptions options) =>
        record.Value.ProtocolVersion is { } negotiated && options.ProtocolVersion is { } header && header != negotiated
            ? Refuse(id, RpcError.InvalidRequest, $"This session negotiated protocol revision {negotiated}, not the one in the header.")
            : null;

    private static SessionReply Refuse(JsonElement id, int code, string message) =>
        SessionReply.Message(RpcReply.Error(id, code, message), 400);
}
