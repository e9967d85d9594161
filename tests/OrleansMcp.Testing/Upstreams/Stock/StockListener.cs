using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>One stream of <c>subscriptions/listen</c>. What it carries names the request that opened it (SEP-2575).</summary>
internal sealed class StockListener(RequestContext<SubscriptionsListenRequestParams> request) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    public IReadOnlyCollection<string> Resources { get; } = [.. request.Params.Notifications.ResourceSubscriptions ?? []];

    public bool Wants(string method) => method switch
    {
        NotificationMethods.ToolListChangedNotification => request.Params.Notifications.ToolsListChanged == true,
        NotificationMethods.PromptListChangedNotification => request.Params.Notifications.PromptsListChanged == true,
        NotificationMethods.ResourceListChangedNotification => request.Params.Notifications.ResourcesListChanged == true,
        _ => false,
    };

    /// <summary>Says first what it will tell of: everything that was asked for.</summary>
    public async Task BeginAsync(Action joined, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            joined(); // What happens from here on is written after the acknowledgement, and not lost.
            var granted = JsonSerializer.SerializeToNode(request.Params.Notifications, McpJsonUtilities.DefaultOptions);
            await WriteAsync(NotificationMethods.SubscriptionsAcknowledgedNotification, new JsonObject { ["notifications"] = granted });
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task SendAsync(string method, JsonObject parameters)
    {
        await _writing.WaitAsync();
        try
        {
            await WriteAsync(method, parameters);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private Task WriteAsync(string method, JsonObject parameters)
    {
        parameters["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = JsonSerializer.SerializeToNode(request.JsonRpcRequest.Id, McpJsonUtilities.DefaultOptions) };
        return request.Server.SendMessageAsync(new JsonRpcNotification { Method = method, Params = parameters });
    }
}
