using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Protocol.Keys;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Streams;

namespace OrleansMcp.Sessions.Input;

/// <summary>
/// The requests that handlers send to the client of a session, and its responses, in the revisions where the server sends requests.
/// </summary>
/// <param name="streams">Carries the requests of calls whose clients do not accept a stream in answer.</param>
/// <param name="life">
/// A random prefix of the ids, new with each activation: a response to a request of a former activation matches none of this one.
/// </param>
/// <param name="configuration">How long to wait for a response.</param>
/// <param name="time">The clock of this wait.</param>
internal sealed class ClientRequests(SessionStreams streams, string life, IConfigurationSource configuration, TimeProvider time)
{
    private const int MaxRounds = 16;

    private readonly Lock _gate = new(); // guards all that follows
    private Dictionary<string, TaskCompletionSource<JsonElement>>? _asked;
    private long _lastId;
    private bool _isClosed;

    /// <summary>Sends a request to the client and waits for its response.</summary>
    /// <exception cref="McpException">The client answered with an error or not in time, or the session has ended.</exception>
    public async Task<JsonRpcResponse> AskAsync(RunningCall call, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var (id, answered) = Register();
        try
        {
            var message = RpcReply.Call(id, request.Method, request.Params);
            if (!await call.Sink.TrySendAsync(message, cancellationToken))
            {
                await streams.Set.AppendToOwnAsync(message, cancellationToken);
            }

            using var waiting = call.Clock?.Pause() ?? default;
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Token);
            var result = await answered.WaitAsync(configuration.Current.Sessions.InputTimeout, time, both.Token);
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

    /// <summary>Sends a request that belongs to no call to the client, on the session's own stream, and waits for its response.</summary>
    /// <exception cref="McpException">The client answered with an error or not in time, or the session has ended.</exception>
    public async Task<JsonElement> AskAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var (id, answered) = Register();
        try
        {
            await streams.Set.AppendToOwnAsync(RpcReply.Call(id, request.Method, request.Params), cancellationToken);
            return await answered.WaitAsync(configuration.Current.Sessions.InputTimeout, time, cancellationToken);
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

    /// <summary>Sends the input that a handler requires as requests, and adds the responses to the params of the handler's next run.</summary>
    /// <param name="call">The call.</param>
    /// <param name="required">The input that the handler requires.</param>
    /// <param name="parameters">The params of the handler's next run.</param>
    /// <param name="round">The number of this round, from 1.</param>
    /// <exception cref="McpException">The client did not answer, or was asked too often.</exception>
    public async Task AskAllAsync(RunningCall call, InputRequiredResult required, RequestParams parameters, int round)
    {
        if (round > MaxRounds)
        {
            throw new McpException($"The request asked for input more than {MaxRounds} times.");
        }

        call.Note(CallTraits.Effect); // The result depends on the user's answer, so it must not be cached.
        var answers = new Dictionary<string, InputResponse>(StringComparer.Ordinal);
        foreach (var (key, input) in required.InputRequests ?? new Dictionary<string, InputRequest>())
        {
            InputCapability.Require(call.Meta.Capabilities, input.Method, input.Params);
            var request = new JsonRpcRequest
            {
                Method = input.Method,
                Params = input.Params is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given) : null,
            };
            var response = await AskAsync(call, request, call.Token);
            answers.Add(key, new InputResponse { RawValue = JsonSerializer.SerializeToElement(response.Result!, Wire.Type<JsonNode>()) });
        }

        parameters.InputResponses = answers;
        parameters.RequestState = required.RequestState;
    }

    /// <summary>Completes a pending request with the client's response. False when no pending request has its id.</summary>
    public bool TryAnswer(McpMessage response)
    {
        TaskCompletionSource<JsonElement>? asked = null;
        if (response.Id.ValueKind == JsonValueKind.String)
        {
            lock (_gate)
            {
                _asked?.Remove(response.Id.GetString()!, out asked);
            }
        }

        if (asked is null)
        {
            return false;
        }

        if (response.Root.TryGetProperty("result"u8, out var result))
        {
            if (MessageKeys.ProblemInAnswer(result) is { } problem)
            {
                asked.TrySetException(new McpException($"The client's answer cannot be read. {problem}"));
                return true;
            }

            asked.TrySetResult(result);
        }
        else
        {
            asked.TrySetException(ErrorOf(response.Root.GetProperty("error"u8)));
        }

        return true;
    }

    /// <summary>Fails all pending requests, and refuses further ones.</summary>
    public void Close()
    {
        TaskCompletionSource<JsonElement>[] waiting;
        lock (_gate)
        {
            _isClosed = true;
            waiting = [.. _asked?.Values.AsEnumerable() ?? []];
        }

        foreach (var one in waiting)
        {
            one.TrySetException(Ended());
        }
    }

    private (string Id, Task<JsonElement> Answered) Register()
    {
        var answered = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_isClosed)
            {
                throw Ended();
            }

            var id = string.Create(CultureInfo.InvariantCulture, $"{life}-{++_lastId}");
            (_asked ??= new(StringComparer.Ordinal)).Add(id, answered);
            return (id, answered.Task);
        }
    }

    private static McpException Ended() => new("The session has ended.");

    private static McpException ErrorOf(JsonElement error)
    {
        var message = error.TryGetProperty("message"u8, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        return new McpException($"The client answered with an error: {Failures.Shown(message ?? "no message")}");
    }
}
