using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Notifications about changes of lists and resources, which belong to no call.</summary>
internal static class ChangeNotice
{
    public static bool Is(string method) => method is NotificationMethods.ToolListChangedNotification
        or NotificationMethods.PromptListChangedNotification or NotificationMethods.ResourceListChangedNotification
        or NotificationMethods.ResourceUpdatedNotification;

    public static string For(CatalogueList list) => list switch
    {
        CatalogueList.Tools => NotificationMethods.ToolListChangedNotification,
        CatalogueList.Prompts => NotificationMethods.PromptListChangedNotification,
        _ => NotificationMethods.ResourceListChangedNotification,
    };
}

/// <summary>An open <c>subscriptions/listen</c> (2026-07-28): what it was granted, and the call whose stream it is.</summary>
internal sealed record ChangeListener(RunningCall Call, SubscriptionsListenNotifications Granted)
{
    public bool Wants(string method, string? uri) => method switch
    {
        NotificationMethods.ToolListChangedNotification => Granted.ToolsListChanged == true,
        NotificationMethods.PromptListChangedNotification => Granted.PromptsListChanged == true,
        NotificationMethods.ResourceListChangedNotification => Granted.ResourcesListChanged == true,
        NotificationMethods.ResourceUpdatedNotification => uri is not null && Granted.ResourceSubscriptions?.Contains(uri) == true,
        _ => false,
    };

    /// <summary>Sends a notification that names its subscription, as all of them must.</summary>
    public async ValueTask SendAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        var tagged = parameters?.DeepClone() as JsonObject ?? [];
        var meta = tagged["_meta"] as JsonObject ?? [];
        tagged["_meta"] = meta;
        meta[MetaKeys.SubscriptionId] = JsonSerializer.SerializeToNode(Call.Id, Wire.Type<JsonElement>());
        await Call.Sink.TrySendAsync(RpcReply.Call(id: null, method, tagged), cancellationToken);
    }
}
