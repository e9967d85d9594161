using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>What handlers send to the client: notifications, and requests in the revisions that have them.</summary>
public sealed partial class Session
{
    private const int MaxInputRounds = 16;

    private Dictionary<string, TaskCompletionSource<JsonElement>>? _asked;
    private long _lastAsked;

    internal IServiceProvider Services => _host.Services;

    internal McpServerOptions ServerOptions => _host.ServerOptions;

    internal LoggingLevel? ClientLogLevel => _logLevel;

    /// <summary>Sends a notification that belongs to a call, on the call's own stream.</summary>
    internal async ValueTask NotifyAsync(RunningCall call, JsonRpcNotification notification, CancellationToken cancellationToken)
    {
        var method = notification.Method;
        if (method == NotificationMethods.LoggingMessageNotification && !WantsLog(call, notification.Params))
        {
            return;
        }

        if (ChangeNotice.Is(method))
        {
            await SendChangeAsync(method, notification.Params, cancellationToken);
            return;
        }

        var message = RpcReply.Call(id: null, method, notification.Params);
        Meter.Charge(Quota.OutputBytes, message.Length);
        if (!await call.Sink.TrySendAsync(message, cancellationToken) && IsResumable)
        {
            await Streams.AppendToOwnAsync(message, cancellationToken);
        }
    }

    /// <summary>Asks the client and waits for its answer: by a request of ours, or through the call's result (2026-07-28).</summary>
    internal Task<JsonRpcResponse> AskClientAsync(RunningCall call, JsonRpcRequest request, CancellationToken cancellationToken) =>
        call.Meta.IsSessionless
            ? AskThroughCallAsync(call, request, cancellationToken)
            : AskByRequestAsync(call, request, cancellationToken);

    private async Task<JsonRpcResponse> AskByRequestAsync(RunningCall call, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        // The life makes the id unique over all lives of the session: an answer to a former life's question fits no new one.
        var id = string.Create(CultureInfo.InvariantCulture, $"{_life}-{Interlocked.Increment(ref _lastAsked)}");
        var answered = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_phase != Phase.Live)
            {
                throw new McpException("The session has ended.");
            }

            (_asked ??= new(StringComparer.Ordinal)).Add(id, answered);
        }

        try
        {
            var message = RpcReply.Call(id, request.Method, request.Params);
            if (!await call.Sink.TrySendAsync(message, cancellationToken))
            {
                await Streams.AppendToOwnAsync(message, cancellationToken);
            }

            using var waiting = call.Clock?.Pause() ?? default;
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Token);
            var result = await answered.Task.WaitAsync(_host.Configuration.Sessions.InputTimeout, _host.Time, both.Token);
            return new JsonRpcResponse { Id = request.Id, Result = JsonSerializer.SerializeToNode(result, Wire.Type<JsonElement>()) };
        }
        catch (TimeoutException e)
        {
            throw new McpException("The client did not answer in time.", e);
        }
        finally
        {
            lock (_gate)
            {
                _asked!.Remove(id);
            }
        }
    }

    /// <summary>Takes the client's answer to a request of ours. False when nothing was asked under its id.</summary>
    private bool TakeResponse(McpMessage message)
    {
        TaskCompletionSource<JsonElement>? asked = null;
        if (message.Id.ValueKind == JsonValueKind.String)
        {
            lock (_gate)
            {
                _asked?.Remove(message.Id.GetString()!, out asked);
            }
        }

        if (asked is null)
        {
            return false;
        }

        if (message.Root.TryGetProperty("result"u8, out var result))
        {
            asked.TrySetResult(result);
        }
        else
        {
            asked.TrySetException(ErrorOf(message.Root.GetProperty("error"u8)));
        }

        return true;
    }

    /// <summary>For a session revision: turns input that a handler requires into requests of ours, and gives the answers to its next run.</summary>
    private async Task AskThroughRequestsAsync(RunningCall call, InputRequiredResult required, RequestParams parameters)
    {
        if (++call.InputRounds > MaxInputRounds)
        {
            throw new McpException($"The request asked for input more than {MaxInputRounds} times.");
        }

        var answers = new Dictionary<string, InputResponse>(StringComparer.Ordinal);
        foreach (var (key, input) in required.InputRequests ?? new Dictionary<string, InputRequest>())
        {
            InputCapability.Require(call.Meta.Capabilities, input.Method, input.Params);
            var request = new JsonRpcRequest
            {
                Method = input.Method,
                Params = input.Params is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given) : null,
            };
            var response = await AskByRequestAsync(call, request, call.Token);
            answers.Add(key, new InputResponse { RawValue = JsonSerializer.SerializeToElement(response.Result!, Wire.Type<JsonNode>()) });
        }

        parameters.InputResponses = answers;
        parameters.RequestState = required.RequestState;
    }

    private bool WantsLog(RunningCall call, JsonNode? parameters)
    {
        // 2026-07-28: logs only for a request that asked for them, and from its level on. Before: from the session's level on, if set.
        var threshold = call.Meta.IsSessionless ? call.Meta.LogLevel : _logLevel;
        if (threshold is null)
        {
            return !call.Meta.IsSessionless;
        }

        return parameters?["level"]?.Deserialize(Wire.Type<LoggingLevel>()) >= threshold;
    }

    private void FailPendingRequests()
    {
        TaskCompletionSource<JsonElement>[] waiting;
        lock (_gate)
        {
            waiting = [.. _asked?.Values.AsEnumerable() ?? []];
        }

        foreach (var one in waiting)
        {
            one.TrySetException(new McpException("The session has ended."));
        }
    }

    private static McpException ErrorOf(JsonElement error)
    {
        var message = error.TryGetProperty("message"u8, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        return new McpException($"The client answered with an error: {Failures.Shown(message ?? "no message")}");
    }
}
