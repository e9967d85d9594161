using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>Takes in messages.</summary>
public sealed partial class Session
{
    /// <inheritdoc/>
    public async ValueTask<SessionReply> PostAsync(
        Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            return SessionReply.NotFound;
        }

        try
        {
            if (CheckVersion(message.Id, options) is { } refusal)
            {
                return refusal;
            }

            switch (message.Kind)
            {
                case McpMessageKind.Response:
                    return TakeResponse(message) ? SessionReply.Accepted : Unasked();
                case McpMessageKind.Notification:
                    TakeNotification(message);
                    return SessionReply.Accepted;
                default:
                    var sink = new PostSink(this, options.AcceptsStream, requests: 1, isBatch: false);
                    Start(caller, message, sink, options.Delivery, cancellationToken);
                    return await sink.ReplyAsync();
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            return SessionReply.NotFound;
        }

        try
        {
            if (CheckVersion(default, options) is { } refusal)
            {
                return refusal;
            }

            if (_record!.ProtocolVersion != ProtocolVersions.March2025)
            {
                return Refuse(default, RpcError.InvalidRequest, "Batches exist in protocol revision 2025-03-26 only.");
            }

            if (messages.Any(message => message.Method == Methods.Initialize))
            {
                // 2025-03-26, lifecycle: initialize must not be part of a batch.
                return Refuse(default, RpcError.InvalidRequest, "initialize must not be part of a batch.");
            }

            var requests = messages.Count(message => message.Kind == McpMessageKind.Request);
            var sink = new PostSink(this, options.AcceptsStream, requests, isBatch: true);
            foreach (var message in messages)
            {
                Take(caller, message, sink, cancellationToken);
            }

            return requests == 0 ? SessionReply.Accepted : await sink.ReplyAsync();
        }
        finally
        {
            Leave();
        }
    }

    private static SessionReply Refuse(JsonElement id, int code, string message) =>
        SessionReply.Message(RpcReply.Error(id, code, message), 400);

    private static SessionReply Unasked() =>
        Refuse(default, RpcError.InvalidRequest, "This response answers no request of the server.");

    private void Take(Caller caller, McpMessage message, PostSink sink, CancellationToken cancellationToken)
    {
        switch (message.Kind)
        {
            case McpMessageKind.Response:
                TakeResponse(message);
                break;
            case McpMessageKind.Notification:
                TakeNotification(message);
                break;
            default:
                // A name covers the whole post; the messages of a batch could not tell their steps apart under it.
                Start(caller, message, sink, delivery: default, cancellationToken);
                break;
        }
    }

    /// <summary>A session keeps the revision it negotiated; a header that names another is an error (2025-06-18, transports).</summary>
    private SessionReply? CheckVersion(JsonElement id, PostOptions options) =>
        _record!.ProtocolVersion is { } negotiated && options.ProtocolVersion is { } header && header != negotiated
            ? Refuse(id, RpcError.InvalidRequest, $"This session negotiated protocol revision {negotiated}, not the one in the header.")
            : null;

    private void TakeNotification(McpMessage message)
    {
        // 2026-07-28 cancels over HTTP by closing the response stream, never by this notification.
        if (IsResumable && message.Method == NotificationMethods.CancelledNotification
            && message.Params.ValueKind == JsonValueKind.Object
            && message.Params.TryGetProperty("requestId"u8, out var id))
        {
            CancelByClient(id.GetRawText());
        }
    }

    private void CancelByClient(string id)
    {
        RunningCall? call;
        lock (_gate)
        {
            call = _calls?.GetValueOrDefault(id);
        }

        call?.Cancel(byClient: true);
    }
}
