using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>
/// Multi round-trip requests (2026-07-28): a call that needs its user's input answers with questions and a sealed <c>requestState</c>;
/// the retry brings the answers. What the state stands for never leaves the actor, so it can be used once, by its owner, for the same
/// request, while it lasts. It is gone after a restart: the client starts the request again.
/// </summary>
public sealed partial class Session
{
    private const int MaxHeldStates = 64;

    private Dictionary<string, RunningCall>? _waitingInputs;
    private Dictionary<string, HeldState>? _heldStates;

    private static bool CanAsk(RunningCall call) => call.Meta.IsSessionless
        && call.Message.Method is RequestMethods.ToolsCall or RequestMethods.PromptsGet or RequestMethods.ResourcesRead;

    /// <summary>A handler of a 2026-07-28 request asks: the question goes out with the result of the request, and the handler waits.</summary>
    private async Task<JsonRpcResponse> AskThroughCallAsync(RunningCall call, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        if (!CanAsk(call))
        {
            throw new McpException($"{call.Message.Method} cannot ask for input in this protocol revision.");
        }

        JsonElement? parameters = request.Params is { } given ? JsonSerializer.SerializeToElement(given, Wire.Type<System.Text.Json.Nodes.JsonNode>()) : null;
        InputCapability.Require(call.Meta.Capabilities, request.Method, parameters);
        using var waiting = call.Clock?.Pause() ?? default;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Token);
        try
        {
            var answer = await EnsureInput(call).Ask(new InputRequest { Method = request.Method, Params = parameters })
                .WaitAsync(_host.Configuration.Sessions.InputTimeout, _host.Time, both.Token);
            return new JsonRpcResponse { Id = request.Id, Result = JsonSerializer.SerializeToNode(answer, Wire.Type<JsonElement>()) };
        }
        catch (TimeoutException e)
        {
            throw new McpException("The client did not answer in time.", e);
        }
    }

    private InputExchange EnsureInput(RunningCall call)
    {
        lock (_gate)
        {
            return call.Input ??= new InputExchange { Digest = RequestStates.Digest(call.Message) };
        }
    }

    /// <summary>Waits for the handler to finish or to ask, whichever is first.</summary>
    private async Task<Answer> AwaitOrAskAsync(RunningCall call, Task<byte[]> handler)
    {
        var input = EnsureInput(call);
        input.Handler = handler;
        if (await Task.WhenAny(handler, input.News) == handler)
        {
            return Answer.Of(await handler);
        }

        var questions = input.TakeQuestions();
        var (token, name) = _host.Ids.IssueState(call.Caller);
        lock (_gate)
        {
            (_waitingInputs ??= new(StringComparer.Ordinal)).Add(name, call);
        }

        // A handler that gives up waiting (time is over, session ended) leaves no trace.
        _ = handler.ContinueWith(_ => Forget(name), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return Answer.Of(InputReply(call, questions, token));
    }

    private void Forget(string name)
    {
        lock (_gate)
        {
            _waitingInputs?.Remove(name);
        }
    }

    /// <summary>A handler that ended with questions instead of waiting: its own state is held here until the retry.</summary>
    private byte[] AskThroughResult(RunningCall call, InputRequiredResult required)
    {
        foreach (var (_, input) in required.InputRequests ?? new Dictionary<string, InputRequest>())
        {
            InputCapability.Require(call.Meta.Capabilities, input.Method, input.Params);
        }

        var (token, name) = _host.Ids.IssueState(call.Caller);
        var now = _host.Time.GetUtcNow();
        lock (_gate)
        {
            var held = _heldStates ??= new(StringComparer.Ordinal);
            DropExpiredLocked(now);
            if (held.Count >= MaxHeldStates)
            {
                held.Remove(held.MinBy(pair => pair.Value.ExpiresAt).Key);
            }

            held.Add(name, new HeldState(
                required.RequestState, RequestStates.Digest(call.Message), now + _host.Configuration.Sessions.InputTimeout));
        }

        return InputReply(call, required.InputRequests, token);
    }

    private byte[] InputReply(RunningCall call, IDictionary<string, InputRequest>? questions, string token)
    {
        var result = new InputRequiredResult
        {
            InputRequests = questions is { Count: > 0 } ? questions : null,
            RequestState = token,
        };
        Stamp(result);
        return RpcReply.Result(call.Id, result);
    }

    /// <summary>Finds what a retry's state stands for and uses it up. Null when there is nothing, for whatever reason.</summary>
    private RunningCall? TakeUp(Caller caller, McpMessage message, RequestMeta meta, PostSink sink, string token)
    {
        var verdict = _host.Ids.JudgeState(token, caller, out var name);
        Attempts.Raise(_host.Signals, verdict, caller, "requestState");
        if (verdict != TokenVerdict.Valid)
        {
            return null;
        }

        var digest = RequestStates.Digest(message);
        RunningCall? waiting = null;
        HeldState? held = null;
        lock (_gate)
        {
            DropExpiredLocked(_host.Time.GetUtcNow());
            if (_waitingInputs?.GetValueOrDefault(name) is { } found && found.Input!.Digest == digest)
            {
                _waitingInputs.Remove(name);
                waiting = found;
            }
            else if (_heldStates?.GetValueOrDefault(name) is { } state && state.Digest == digest)
            {
                _heldStates.Remove(name);
                held = state;
            }
        }

        if (waiting is not null)
        {
            waiting.Resume(message, meta, sink);
            waiting.Input!.Answer(RequestStates.ResponsesOf(message));
            return waiting;
        }

        return held is null ? null : new RunningCall(this, caller, message, meta, sink) { PriorState = held.Inner };
    }

    private bool HoldsStatesLocked()
    {
        if (_heldStates is null)
        {
            return false;
        }

        DropExpiredLocked(_host.Time.GetUtcNow());
        return _heldStates.Count > 0;
    }

    private void DropExpiredLocked(DateTimeOffset now)
    {
        foreach (var (name, state) in _heldStates?.ToArray() ?? [])
        {
            if (state.ExpiresAt <= now)
            {
                _heldStates!.Remove(name);
            }
        }
    }
}
