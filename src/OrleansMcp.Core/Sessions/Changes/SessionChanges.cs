using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Changes;

/// <summary>
/// Notifies the clients of one session of changes: on the session's own stream, or on its open <c>subscriptions/listen</c> (2026-07-28).
/// </summary>
internal sealed class SessionChanges(CurrentRecord record, SessionAuthorization authorization, SessionStreams streams)
{
    private readonly Lock _gate = new(); // guards _listeners
    private List<ChangeListener>? _listeners;

    /// <summary>
    /// Whether a client may be reading a stream of this session. A client without a stream gets the new lists when it asks for them.
    /// </summary>
    public bool HasAudience => !streams.IsResumable || streams.Any;

    public void Add(ChangeListener listener)
    {
        lock (_gate)
        {
            (_listeners ??= []).Add(listener);
        }
    }

    public void Remove(ChangeListener listener)
    {
        lock (_gate)
        {
            _listeners?.Remove(listener);
        }
    }

    /// <summary>Notifies that a list changed, without waiting for slow readers.</summary>
    public void TellListChanged(CatalogueList list) => _ = SendAsync(ChangeNotice.For(list), parameters: null, CancellationToken.None).AsTask();

    public ValueTask SendResourceUpdatedAsync(string uri, CancellationToken cancellationToken) =>
        SendAsync(NotificationMethods.ResourceUpdatedNotification, new JsonObject { ["uri"] = uri }, cancellationToken);

    /// <summary>
    /// Sends a notification of <see cref="ChangeNotice"/> to the clients that subscribed to it, unless the session may not use its
    /// resource.
    /// </summary>
    public async ValueTask SendAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        var uri = (parameters as JsonObject)?["uri"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        if (uri is not null && !authorization.Effective.Allows(PermissionKind.Resource, uri))
        {
            return; // The client subscribed before the permission was revoked.
        }

        if (streams.IsResumable)
        {
            if (method != NotificationMethods.ResourceUpdatedNotification || (uri is not null && record.Value.Subscriptions.Contains(uri)))
            {
                await streams.Set.AppendToOwnAsync(RpcReply.Call(id: null, method, parameters), cancellationToken);
            }

            return;
        }

        foreach (var listener in ListenersTo(method, uri))
        {
            await listener.SendAsync(method, parameters, cancellationToken);
        }
    }

    /// <summary>Sends a notification that is no change to the session's own stream, if its revision has one.</summary>
    public ValueTask SendToOwnAsync(string method, JsonNode? parameters, CancellationToken cancellationToken) =>
        streams.IsResumable ? streams.Set.AppendToOwnAsync(RpcReply.Call(id: null, method, parameters), cancellationToken) : default;

    private ChangeListener[] ListenersTo(string method, string? uri)
    {
        lock (_gate)
        {
            return [.. _listeners?.Where(listener => listener.Wants(method, uri)) ?? []];
        }
    }
}
