using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.State;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Changes;

/// <summary>
/// <c>resources/subscribe</c>, <c>resources/unsubscribe</c> and <c>logging/setLevel</c>, within the SDK's filters, and
/// <c>subscriptions/listen</c> of 2026-07-28.
/// </summary>
internal sealed class SubscriptionMethods(
    SessionChanges changes, SessionAuthorization authorization, StateWriter writer, HandlerEnvironment environment, ReplyWriter replies,
    TimeProvider time)
{
    private const int MaxSubscriptions = 256;
    private const int MaxUriLength = 2048;

    private McpRequestHandler<SubscribeRequestParams, EmptyResult>? _subscribe;
    private McpRequestHandler<UnsubscribeRequestParams, EmptyResult>? _unsubscribe;
    private McpRequestHandler<SetLevelRequestParams, EmptyResult>? _setLevel;

    /// <summary>Holds the stream of a <c>subscriptions/listen</c> open until its client closes it or the session ends.</summary>
    public async ValueTask<byte[]> ListenAsync(RunningCall call)
    {
        var asked = RequestParameters.Read<SubscriptionsListenRequestParams>(call).Notifications
            ?? throw Failures.InvalidParams("subscriptions/listen needs the param notifications.");
        CheckUris(asked.ResourceSubscriptions ?? []);
        authorization.PermitWatching(call, asked.ResourceSubscriptions ?? []);
        if (!call.Sink.AcceptsStream)
        {
            throw Failures.InvalidParams("subscriptions/listen answers with a stream: accept text/event-stream.");
        }

        var listener = new ChangeListener(call, asked);
        changes.Add(listener);
        var watched = new List<string>();
        try
        {
            await WatchAsync(call, asked.ResourceSubscriptions ?? [], watched);
            await listener.AcknowledgeAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, call.Token);
        }
        catch (OperationCanceledException) when (call.Cancelled != CancelReason.Client)
        {
            // The server ends the subscription: the result tells the client that it ended in order (patterns/subscriptions, Graceful Closure).
        }
        finally
        {
            changes.Remove(listener);
            await UnwatchAsync(call, watched);
        }

        var result = new EmptyResult { Meta = [] };
        result.Meta[MetaKeys.SubscriptionId] = JsonSerializer.SerializeToNode(call.Id, Wire.Type<JsonElement>());
        return replies.Write(call, result);
    }

    private async ValueTask WatchAsync(RunningCall call, IList<string> uris, List<string> watched)
    {
        foreach (var uri in uris)
        {
            await environment.Upstreams.ListenAsync(call, uri, more: 1);
            watched.Add(uri);
        }
    }

    /// <summary>The listener is gone: what goes wrong now concerns nobody.</summary>
    private async ValueTask UnwatchAsync(RunningCall call, List<string> watched)
    {
        try
        {
            foreach (var uri in watched)
            {
                await environment.Upstreams.ListenAsync(call, uri, more: -1);
            }
        }
        catch (Exception e) when (e is UpstreamException or UpstreamErrorException or SecretUnavailableException or OperationCanceledException)
        {
            // A connection that is lost watches nothing any more.
        }
    }

    /// <summary>Subscribes to a resource. Durable before it is answered.</summary>
    public async ValueTask<byte[]> SubscribeAsync(RunningCall call)
    {
        var uri = UriOf(call);
        authorization.PermitResource(call, uri);
        var handler = RequestFilters.Around(environment.Filters.SubscribeToResourcesFilters, SubscribeAsync, ref _subscribe);
        return replies.Write(call, await environment.RunAsync(handler, call, new SubscribeRequestParams { Uri = uri }));
    }

    /// <summary>Unsubscribes from a resource. Durable before it is answered.</summary>
    public async ValueTask<byte[]> UnsubscribeAsync(RunningCall call)
    {
        var handler = RequestFilters.Around(environment.Filters.UnsubscribeFromResourcesFilters, UnsubscribeAsync, ref _unsubscribe);
        return replies.Write(call, await environment.RunAsync(handler, call, new UnsubscribeRequestParams { Uri = UriOf(call) }));
    }

    /// <summary>Sets the level from which on log messages are sent to the session's client. Durable before it is answered.</summary>
    public async ValueTask<byte[]> SetLogLevelAsync(RunningCall call)
    {
        var parameters = RequestParameters.Read<SetLevelRequestParams>(call);
        if (!call.Message.Params.TryGetProperty("level"u8, out var level) || level.ValueKind != JsonValueKind.String || !Enum.IsDefined(parameters.Level))
        {
            throw Failures.InvalidParams("The level must be one of the protocol's logging levels.");
        }

        var handler = RequestFilters.Around(environment.Filters.SetLoggingLevelFilters, SetLogLevelAsync, ref _setLevel);
        return replies.Write(call, await environment.RunAsync(handler, call, parameters));
    }

    private async ValueTask<EmptyResult> SubscribeAsync(RequestContext<SubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        var (call, uri) = (CallServer.CallOf(request), request.Params.Uri);
        if (call.Need?.Name != uri)
        {
            authorization.PermitResource(call, uri); // A filter changed the URI.
        }

        await environment.Upstreams.SubscribeAsync(call, uri, isSubscribed: true);
        await SetAsync(call, uri, subscribe: true, cancellationToken);
        return new EmptyResult();
    }

    private async ValueTask<EmptyResult> UnsubscribeAsync(RequestContext<UnsubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        var (call, uri) = (CallServer.CallOf(request), request.Params.Uri);
        await environment.Upstreams.SubscribeAsync(call, uri, isSubscribed: false);
        await SetAsync(call, uri, subscribe: false, cancellationToken);
        return new EmptyResult();
    }

    private async ValueTask<EmptyResult> SetLogLevelAsync(RequestContext<SetLevelRequestParams> request, CancellationToken cancellationToken)
    {
        var name = JsonSerializer.SerializeToElement(request.Params.Level, Wire.Type<LoggingLevel>()).GetString();
        await writer.WriteAsync(record => record.LogLevel == name ? record : record with { LogLevel = name }, cancellationToken);
        await environment.Upstreams.SetLogLevelAsync(CallServer.CallOf(request), name!);
        return new EmptyResult();
    }

    private async ValueTask SetAsync(RunningCall call, string uri, bool subscribe, CancellationToken cancellationToken)
    {
        CheckUris([uri]);
        await writer.WriteAsync(record =>
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
        }, cancellationToken);
    }

    private static string UriOf(RunningCall call)
    {
        var uri = call.Message.Params.ValueKind == JsonValueKind.Object && call.Message.Params.TryGetProperty("uri"u8, out var given)
            && given.ValueKind == JsonValueKind.String ? given.GetString()! : throw Failures.InvalidParams("The param uri must be a string.");
        CheckUris([uri]);
        return uri;
    }

    private static void CheckUris(IList<string> uris)
    {
        if (uris.Count > MaxSubscriptions || uris.Any(uri => uri is null or { Length: 0 or > MaxUriLength }))
        {
            throw Failures.InvalidParams($"Up to {MaxSubscriptions} URIs of up to {MaxUriLength} characters can be subscribed to.");
        }
    }
}
