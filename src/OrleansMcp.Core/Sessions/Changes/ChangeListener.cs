using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.Changes;

/// <summary>An open <c>subscriptions/listen</c> (2026-07-28): the subscriptions it was granted, and the call whose stream it writes to.</summary>
internal sealed class ChangeListener(RunningCall call, SubscriptionsListenNotifications granted)
{
    private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Wants(string method, string? uri) => method switch
    {
        NotificationMethods.ToolListChangedNotification => granted.ToolsListChanged == true,
        NotificationMethods.PromptListChangedNotification => granted.PromptsListChanged == true,
        NotificationMethods.ResourceListChangedNotification => granted.ResourcesListChanged == true,
        NotificationMethods.ResourceUpdatedNotification => uri is not null && granted.ResourceSubscriptions?.Contains(uri) == true,
        _ => false,
    };

    /// <summary>Sends the granted subscriptions, the first message of the stream. <see cref="SendAsync"/> waits for it.</summary>
    public async ValueTask AcknowledgeAsync()
    {
        try
        {
            var notice = new JsonObject { ["notifications"] = JsonSerializer.SerializeToNode(granted, Wire.Type<SubscriptionsListenNotifications>()) };
            await WriteAsync(NotificationMethods.SubscriptionsAcknowledgedNotification, notice, call.Token);
        }
        finally
        {
            _acknowledged.TrySetResult();
        }
    }

    /// <summary>Sends a change notification.</summary>
    public async ValueTask SendAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        await _acknowledged.Task.WaitAsync(cancellationToken);
        await WriteAsync(method, parameters, cancellationToken);
    }

    // Every notification names its subscription (patterns/subscriptions, Receiving Notifications).
    private async ValueTask WriteAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        var tagged = parameters?.DeepClone() as JsonObject ?? [];
        var meta = tagged["_meta"] as JsonObject ?? [];
        tagged["_meta"] = meta;
        meta[MetaKeys.SubscriptionId] = JsonSerializer.SerializeToNode(call.Id, Wire.Type<JsonElement>());
        await call.Sink.TrySendAsync(RpcReply.Call(id: null, method, tagged), cancellationToken);
    }
}
