using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.Input;

/// <summary>
/// Multi round-trip requests (2026-07-28): a call that needs its user's input answers with requests for input and a sealed
/// <c>requestState</c>; the retry brings the answers. The token only names state in this object: its owner can use it once, for the same
/// request, until it expires. After a deactivation the state is lost, and the client starts the request again.
/// </summary>
internal sealed class PendingInputs(
    SessionIdIssuer ids, ISignals signals, IAttempts attempts, IConfigurationSource configuration, ReplyWriter replies, TimeProvider time)
{
    private readonly Lock _gate = new(); // guards the fields below
    private Dictionary<string, RunningCall>? _waiting; // calls whose handler waits, by the sealed name
    private HeldStates? _held; // the state of handlers that returned requests for input; made with the first
    private bool _isClosed;

    /// <summary>The number of calls that wait for their user's input.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting?.Count ?? 0;
            }
        }
    }

    /// <summary>Whether a retry could still use anything that is held here.</summary>
    public bool Any
    {
        get
        {
            lock (_gate)
            {
                return _waiting is { Count: > 0 } || _held is { Any: true };
            }
        }
    }

    /// <summary>Whether the request may ask its user for input through its result.</summary>
    public static bool MayAsk(RunningCall call) => call.Meta.IsSessionless
        && call.Message.Method is RequestMethods.ToolsCall or RequestMethods.PromptsGet or RequestMethods.ResourcesRead;

    /// <summary>Sends a handler's request for input with the result of its call, and waits for the answer of the retry.</summary>
    /// <exception cref="McpException">The request cannot ask, or the client did not answer in time.</exception>
    public async Task<JsonRpcResponse> AskAsync(RunningCall call, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        if (!MayAsk(call))
        {
            throw new McpException($"{call.Message.Method} cannot ask for input in this protocol revision.");
        }

        JsonElement? parameters = request.Params is { } given ? JsonSerializer.SerializeToElement(given, Wire.Type<JsonNode>()) : null;
        InputCapability.Require(call.Meta.Capabilities, request.Method, parameters);
        using var waiting = call.Clock?.Pause() ?? default;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Token);
        try
        {
            var answer = await ExchangeOf(call).Ask(new InputRequest { Method = request.Method, Params = parameters })
                .WaitAsync(configuration.Current.Sessions.InputTimeout, time, both.Token);
            return new JsonRpcResponse { Id = request.Id, Result = JsonSerializer.SerializeToNode(answer, Wire.Type<JsonElement>()) };
        }
        catch (TimeoutException e)
        {
            throw new McpException("The client did not answer in time.", e);
        }
    }

    /// <summary>Waits until the handler finishes or asks for input.</summary>
    public async Task<Answer> AwaitOrAskAsync(RunningCall call, Task<byte[]> handler)
    {
        var input = ExchangeOf(call);
        input.Handler = handler;
        if (await Task.WhenAny(handler, input.News) == handler)
        {
            return Answer.Of(await handler);
        }

        var questions = input.TakeQuestions();
        var (state, name) = ids.IssueState(call.Caller);
        lock (_gate)
        {
            (_waiting ??= new(StringComparer.Ordinal)).Add(name, call);
        }

        // Removes the entry of a handler that stops waiting (timeout, end of the session). Until then it holds the arguments of its call.
        call.Keep();
        _ = handler.ContinueWith(_ => Forget(name, call), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return Answer.Of(replies.WriteInputRequired(call, questions, state));
    }

    /// <summary>Answers for a handler that returned requests for input instead of waiting, and holds its state until the retry.</summary>
    public byte[] Hold(RunningCall call, InputRequiredResult required)
    {
        foreach (var (_, input) in required.InputRequests ?? new Dictionary<string, InputRequest>())
        {
            InputCapability.Require(call.Meta.Capabilities, input.Method, input.Params);
        }

        var (state, name) = ids.IssueState(call.Caller);
        var expiresAt = time.GetUtcNow() + configuration.Current.Sessions.InputTimeout;
        lock (_gate)
        {
            if (!_isClosed)
            {
                (_held ??= new HeldStates(time)).Add(name, new HeldState(required.RequestState, RequestStates.Digest(call.Message), expiresAt));
            }
        }

        return replies.WriteInputRequired(call, required.InputRequests, state);
    }

    /// <summary>
    /// Finds the call or state that a retry's <c>requestState</c> names, and removes it. A waiting call continues with the answers;
    /// otherwise the retry is a new call with the state of its handler. Null when the token names nothing, or when <paramref name="admit"/>
    /// refuses the call: then the entry is kept, and the client may send the retry again.
    /// </summary>
    /// <param name="caller">The sender of the retry.</param>
    /// <param name="message">The retry.</param>
    /// <param name="meta">Its metadata.</param>
    /// <param name="sink">The sink of its answer.</param>
    /// <param name="state">Its <c>requestState</c>.</param>
    /// <param name="admit">Adds the call to the running ones, or returns the answer that refuses it.</param>
    /// <param name="full">What <paramref name="admit"/> returned, or that the client has named too many that are not its own.</param>
    /// <param name="token">The caller's token that came with the retry.</param>
    public RunningCall? TakeUp(
        Caller caller, McpMessage message, RequestMeta meta, PostSink sink, string state, Func<RunningCall, Answer?> admit, out Answer? full, CallerToken? token = null)
    {
        full = null;
        var verdict = ids.JudgeState(state, caller, out var name);
        Attempts.Raise(signals, verdict, caller, "requestState");
        if (verdict != TokenVerdict.Valid)
        {
            full = ThrottledException.Of(attempts, caller) is { } throttled ? Answer.Throttled(message.Id, throttled) : null;
            return null;
        }

        var (waiting, held) = Take(name, RequestStates.Digest(message));
        waiting?.Resume(message, meta, sink, token);
        if ((waiting ?? NewCall(caller, message, meta, sink, held, token)) is not { } call)
        {
            return null;
        }

        full = admit(call);
        if (full is not null)
        {
            call.DropToken();
            PutBack(name, waiting, held);
            return null;
        }

        waiting?.Input!.Answer(RequestStates.ResponsesOf(message));
        return call;
    }

    /// <summary>Removes all waiting calls and held state, and refuses to hold any from now on. The caller cancels the returned calls.</summary>
    public RunningCall[] TakeAll()
    {
        lock (_gate)
        {
            RunningCall[] calls = [.. _waiting?.Values.AsEnumerable() ?? []];
            (_waiting, _held, _isClosed) = (null, null, true);
            return calls;
        }
    }

    /// <summary>Removes the waiting calls that match. The caller revokes them.</summary>
    public RunningCall[] TakeWhere(Func<RunningCall, bool> predicate)
    {
        lock (_gate)
        {
            var taken = _waiting?.Where(pair => predicate(pair.Value)).ToArray() ?? [];
            Array.ForEach(taken, pair => _waiting!.Remove(pair.Key));
            return [.. taken.Select(pair => pair.Value)];
        }
    }

    private (RunningCall? Waiting, HeldState? Held) Take(string name, string digest)
    {
        lock (_gate)
        {
            if (_waiting?.GetValueOrDefault(name) is { } waiting && waiting.Input!.Digest == digest)
            {
                _waiting.Remove(name);
                return (waiting, null);
            }

            return _held is { } states && states.TryTake(name, digest, out var held) ? (null, held) : default;
        }
    }

    private static RunningCall? NewCall(Caller caller, McpMessage message, RequestMeta meta, PostSink sink, HeldState? held, CallerToken? token)
    {
        if (held is null)
        {
            return null;
        }

        var call = new RunningCall(caller, message, meta, sink) { PriorState = held.Inner };
        call.Carry(token);
        return call;
    }

    private void PutBack(string name, RunningCall? waiting, HeldState? held)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                waiting?.Cancel(CancelReason.SessionEnded); // TakeAll ran in between and did not return it.
                return;
            }

            if (waiting is not null)
            {
                (_waiting ??= new(StringComparer.Ordinal)).TryAdd(name, waiting);
            }

            if (held is not null)
            {
                (_held ??= new HeldStates(time)).PutBack(name, held);
            }
        }
    }

    private InputExchange ExchangeOf(RunningCall call)
    {
        lock (_gate)
        {
            return call.Input ??= new InputExchange { Digest = RequestStates.Digest(call.Message) };
        }
    }

    private void Forget(string name, RunningCall call)
    {
        call.Drop();
        lock (_gate)
        {
            _waiting?.Remove(name);
        }
    }
}
