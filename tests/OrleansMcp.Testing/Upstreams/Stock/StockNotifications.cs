using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>Who wants to hear of which changes: sessions by <c>resources/subscribe</c>, in the sessionless era streams of <c>subscriptions/listen</c>.</summary>
internal sealed class StockNotifications(StockSessions sessions)
{
    private readonly ConcurrentDictionary<(string Session, string Uri), bool> _subscribed = new();
    private readonly ConcurrentDictionary<StockListener, bool> _listeners = new();

    public int Subscriptions => Subscribed.Count() + _listeners.Keys.Sum(listener => listener.Resources.Count);

    public int Listeners => _listeners.Count;

    private IEnumerable<(string Session, string Uri)> Subscribed => _subscribed.Keys.Where(key => sessions.Find(key.Session) is not null);

    public ValueTask<EmptyResult> SubscribeAsync(RequestContext<SubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _subscribed[(request.Server.SessionId!, request.Params.Uri)] = true;
        return ValueTask.FromResult(new EmptyResult());
    }

    public ValueTask<EmptyResult> UnsubscribeAsync(RequestContext<UnsubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _subscribed.TryRemove((request.Server.SessionId!, request.Params.Uri), out _);
        return ValueTask.FromResult(new EmptyResult());
    }

    /// <summary>A stream of the sessionless era, until its client closes it.</summary>
    public async ValueTask<EmptyResult> ListenAsync(RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        using var listener = new StockListener(request);
        try
        {
            await listener.BeginAsync(() => _listeners.TryAdd(listener, value: true), cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            _listeners.TryRemove(listener, out _);
        }

        return new EmptyResult();
    }

    public async Task UpdateAsync(string uri)
    {
        foreach (var (session, _) in Subscribed.Where(key => key.Uri == uri).ToArray())
        {
            if (sessions.Find(session) is { } server)
            {
                var update = new ResourceUpdatedNotificationParams { Uri = uri };
                await server.SendNotificationAsync(NotificationMethods.ResourceUpdatedNotification, update);
            }
        }

        foreach (var listener in _listeners.Keys.Where(listener => listener.Resources.Contains(uri)))
        {
            await listener.SendAsync(NotificationMethods.ResourceUpdatedNotification, new JsonObject { ["uri"] = uri });
        }
    }

    public async Task TellListenersAsync(string method)
    {
        foreach (var listener in _listeners.Keys.Where(listener => listener.Wants(method)))
        {
            await listener.SendAsync(method, []);
        }
    }
}
