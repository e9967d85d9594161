using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Streams;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>Sends the notifications of a session's handlers to its client.</summary>
internal sealed class ClientNotifier(SessionChanges changes, SessionStreams streams, SessionAccount account, NegotiatedClient client)
{
    /// <summary>Sends a notification on the stream of its call; a change of a list or resource goes to the streams that subscribed to it.</summary>
    public async ValueTask SendAsync(RunningCall call, JsonRpcNotification notification, CancellationToken cancellationToken)
    {
        var method = notification.Method;
        if (method == NotificationMethods.LoggingMessageNotification && !WantsLog(call, notification.Params))
        {
            return;
        }

        if (ChangeNotice.Is(method))
        {
            await changes.SendAsync(method, notification.Params, cancellationToken);
            return;
        }

        var message = RpcReply.Call(id: null, method, notification.Params);
        account.Meter.Charge(Quota.OutputBytes, message.Length);
        try
        {
            if (!await call.Sink.TrySendAsync(message, cancellationToken) && streams.IsResumable)
            {
                await streams.Set.AppendToOwnAsync(message, cancellationToken);
            }
        }
        catch (QuotaExceededException e)
        {
            account.Report(call.Caller, e.Refusal);
            throw;
        }
    }

    private bool WantsLog(RunningCall call, JsonNode? parameters)
    {
        // 2026-07-28: only if the request names a level, and from that level on. Earlier revisions: from the session's level on, or all if
        // none is set.
        var threshold = call.Meta.IsSessionless ? call.Meta.LogLevel : client.Meta?.LogLevel;
        return threshold is null ? !call.Meta.IsSessionless : parameters?["level"]?.Deserialize(Wire.Type<LoggingLevel>()) >= threshold;
    }
}
