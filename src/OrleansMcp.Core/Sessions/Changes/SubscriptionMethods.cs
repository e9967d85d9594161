using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.State;

namespace OrleansMcp.Sessions.Changes;

/// <summary>What a client wants to hear: <c>resources/subscribe</c>, <c>logging/setLevel</c>, and <c>subscriptions/listen</c> of 2026-07-28.</summary>
internal sealed class SubscriptionMethods(
    SessionChanges changes, SessionAuthorization authorization, StateWriter writer, ReplyWriter replies, TimeProvider time)
{
    private const int MaxSubscriptions = 256;
    private const int MaxUriLength = 2048;

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
        try
        {
            await listener.AcknowledgeAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, call.Token);
        }
        catch (OperationCanceledException) when (call.Cancelled != CancelReason.Client)
        {
            // The server ends it: a result tells the client that it ended in order (patterns/subscriptions, Graceful Closure).
        }
        finally
        {
            changes.Remove(listener);
        }

        var result = new EmptyResult { Meta = [] };
        result.Meta[MetaKeys.SubscriptionId] = JsonSerializer.SerializeToNode(call.Id, Wire.Type<JsonElement>());
        return replies.Write(call, result);
    }

    /// <summary>Subscribes to a resource, or unsubscribes. Durable before it is answered.</summary>
    public async ValueTask<byte[]> SubscribeAsync(RunningCall call, bool subscribe)
    {
        var uri = call.Message.Params.ValueKind == JsonValueKind.Object && call.Message.Params.TryGetProperty("uri"u8, out var given)
            && given.ValueKind == JsonValueKind.String ? given.GetString()! : throw Failures.InvalidParams("The param uri must be a string.");
        CheckUris([uri]);
        if (subscribe)
        {
            authorization.PermitResource(call, uri);
        }

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
        }, call.Token);
        return RpcReply.Result(call.Id, new EmptyResult());
    }

    /// <summary>Sets from which level on the session's client hears log messages. Durable before it is answered.</summary>
    public async ValueTask<byte[]> SetLogLevelAsync(RunningCall call)
    {
        var level = RequestParameters.Read<SetLevelRequestParams>(call).Level;
        if (call.Message.Params.GetProperty("level"u8).ValueKind != JsonValueKind.String || !Enum.IsDefined(level))
        {
            throw Failures.InvalidParams("The level must be one of the protocol's logging levels.");
        }

        var name = JsonSerializer.SerializeToElement(level, Wire.Type<LoggingLevel>()).GetString();
        await writer.WriteAsync(record => record.LogLevel == name ? record : record with { LogLevel = name }, call.Token);
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
