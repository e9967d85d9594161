using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Streams, subscriptions and the log level: what a client wants to hear.</summary>
public sealed partial class Session
{
    private const int MaxSubscriptions = 256;
    private const int MaxUriLength = 2048;

    private List<ChangeListener>? _listeners;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEvent> ListenAsync(
        Caller caller, StreamRequest stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            yield return new SessionEvent(SessionEventKind.NotFound);
            yield break;
        }

        _host.Audience.Enter(this);
        try
        {
            await foreach (var item in Streams.ReadAsync(stream, cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            _host.Audience.Leave(this);
            Leave();
        }
    }

    internal Task ResourceUpdatedAsync(string uri, CancellationToken cancellationToken) => SendChangeAsync(
        NotificationMethods.ResourceUpdatedNotification, new JsonObject { ["uri"] = uri }, cancellationToken).AsTask();

    /// <summary>The catalogue changed. Nobody waits for slow listeners.</summary>
    internal void ListChanged(CatalogueList list) => _ = SendChangeAsync(ChangeNotice.For(list), parameters: null, CancellationToken.None).AsTask();

    private async ValueTask SendChangeAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        var uri = (parameters as JsonObject)?["uri"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        if (uri is not null && !Grant().Effective.Allows(PermissionKind.Resource, uri))
        {
            return; // Subscribed to while it was permitted.
        }

        if (IsResumable)
        {
            if (method != NotificationMethods.ResourceUpdatedNotification || (uri is not null && _record!.Subscriptions.Contains(uri)))
            {
                await Streams.AppendToOwnAsync(RpcReply.Call(id: null, method, parameters), cancellationToken);
            }

            return;
        }

        ChangeListener[] listeners;
        lock (_gate)
        {
            listeners = [.. _listeners?.Where(listener => listener.Wants(method, uri)) ?? []];
        }

        foreach (var listener in listeners)
        {
            await listener.SendAsync(method, parameters, cancellationToken);
        }
    }

    /// <summary>Holds the stream of a <c>subscriptions/listen</c> open until its client closes it or the session ends.</summary>
    private async ValueTask<byte[]> ListenForChangesAsync(RunningCall call)
    {
        var asked = Params<SubscriptionsListenRequestParams>(call).Notifications
            ?? throw Failures.InvalidParams("subscriptions/listen needs the param notifications.");
        CheckUris(asked.ResourceSubscriptions ?? []);
        PermitWatching(call, asked.ResourceSubscriptions ?? []);
        if (!call.Sink.AcceptsStream)
        {
            throw Failures.InvalidParams("subscriptions/listen answers with a stream: accept text/event-stream.");
        }

        var listener = new ChangeListener(call, asked);
        lock (_gate)
        {
            (_listeners ??= []).Add(listener);
        }

        try
        {
            await listener.AcknowledgeAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, _host.Time, call.Token);
        }
        catch (OperationCanceledException) when (!call.CancelledByClient)
        {
            // The server ends it: a result tells the client that it ended in order (patterns/subscriptions, Graceful Closure).
        }
        finally
        {
            lock (_gate)
            {
                _listeners!.Remove(listener);
            }
        }

        var result = new EmptyResult { Meta = [] };
        result.Meta[MetaKeys.SubscriptionId] = JsonSerializer.SerializeToNode(call.Id, Wire.Type<JsonElement>());
        return Reply(call, result);
    }

    private async ValueTask<byte[]> SubscribeAsync(RunningCall call, bool subscribe)
    {
        var uri = call.Message.Params.ValueKind == JsonValueKind.Object && call.Message.Params.TryGetProperty("uri"u8, out var given)
            && given.ValueKind == JsonValueKind.String ? given.GetString()! : throw Failures.InvalidParams("The param uri must be a string.");
        CheckUris([uri]);
        if (subscribe)
        {
            PermitResource(call, uri);
        }

        await WriteAsync(record =>
        {
            call.ThrowIfRevoked();
            var has = record.Subscriptions.Contains(uri);
            if (has == subscribe)
            {
                return record;
            }

            if (subscribe && record.Subscriptions.Count >= MaxSubscriptions)
            {
                throw Failures.InvalidParams($"A session may subscribe to {MaxSubscriptions} resources.");
            }

            return record with { Subscriptions = subscribe ? [.. record.Subscriptions, uri] : [.. record.Subscriptions.Where(one => one != uri)] };
        }, call.Token);
        return RpcReply.Result(call.Id, new EmptyResult());
    }

    private async ValueTask<byte[]> SetLogLevelAsync(RunningCall call)
    {
        var level = Params<SetLevelRequestParams>(call).Level;
        if (call.Message.Params.GetProperty("level"u8).ValueKind != JsonValueKind.String || !Enum.IsDefined(level))
        {
            throw Failures.InvalidParams("The level must be one of the protocol's logging levels.");
        }

        var name = JsonSerializer.SerializeToElement(level, Wire.Type<LoggingLevel>()).GetString();
        await WriteAsync(record => record.LogLevel == name ? record : record with { LogLevel = name }, call.Token);
        _logLevel = level;
        return RpcReply.Result(call.Id, new EmptyResult());
    }

    private static void CheckUris(IList<string> uris)
    {
        if (uris.Count > MaxSubscriptions || uris.Any(uri => uri is null or { Length: 0 or > MaxUriLength }))
        {
            throw Failures.InvalidParams($"Up to {MaxSubscriptions} URIs of up to {MaxUriLength} characters can be subscribed to.");
        }
    }
}
