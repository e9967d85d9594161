using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>Runs requests from their arrival to their answer.</summary>
public sealed partial class Session
{
    /// <summary>A call that is silent for this long gets a stream, so that no proxy or client takes its connection for dead.</summary>
    private static readonly TimeSpan s_promoteAfter = TimeSpan.FromSeconds(5);

    private long _lastCall;

    /// <summary>Runs a request. On return it may be finished already; it answers to its sink in the end, whatever happens.</summary>
    private void Start(Caller caller, McpMessage message, PostSink sink, DeliveryName delivery, CancellationToken disconnected)
    {
        if (!TryPrepare(caller, message, sink, delivery, out var call, out var refusal))
        {
            sink.Finish(refusal);
            return;
        }

        if (call.Meta.IsSessionless)
        {
            // Closing the response stream cancels (2026-07-28, Cancellation), before the stream begins and after.
            call.CancelWith(disconnected);
            sink.Abandoned = () => call.Cancel(byClient: true);
        }

        var work = AnswerAsync(call);
        if (work.IsCompletedSuccessfully)
        {
            Complete(call, work.Result);
        }
        else
        {
            _ = FinishLaterAsync(call, work);
        }
    }

    private bool TryPrepare(
        Caller caller, McpMessage message, PostSink sink, DeliveryName delivery, [NotNullWhen(true)] out RunningCall? call, out Answer refusal)
    {
        call = null;
        if (!TryReadMeta(message, out var meta, out refusal))
        {
            return false;
        }

        if (meta.IsSessionless && RequestStates.TokenOf(message) is { } token)
        {
            if (RefuseRetry(caller, message, meta, sink) is { } denied)
            {
                refusal = denied;
                return false;
            }

            call = TakeUp(caller, message, meta, sink, token);
            if (call is null)
            {
                refusal = Answer.Error(message.Id, RpcError.InvalidParams,
                    "The requestState is unknown, used or expired, or belongs to another request. Start the request again.", true);
                return false;
            }
        }

        call ??= new RunningCall(this, caller, message, meta, sink) { Delivery = delivery };
        if (Add(call) is not { } problem)
        {
            return true;
        }

        refusal = problem;
        return false;
    }

    private bool TryReadMeta(McpMessage message, [NotNullWhen(true)] out RequestMeta? meta, out Answer refusal)
    {
        refusal = default;
        if (_record!.ProtocolVersion is { } negotiated)
        {
            meta = new RequestMeta(negotiated, _clientInfo, _capabilities, _logLevel);
            return true;
        }

        try
        {
            meta = RequestMeta.Read(message);
            if (meta.IsSessionless)
            {
                return true;
            }

            refusal = Answer.Error(message.Id, RpcError.InvalidRequest, "This revision begins with initialize.", sessionless: true);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            refusal = Answer.Error(message.Id, RpcError.InvalidParams, "The request's _meta is missing or malformed.", sessionless: true);
        }

        meta = null;
        return false;
    }

    internal string NextCallKey() => Interlocked.Increment(ref _lastCall).ToString(CultureInfo.InvariantCulture);

    /// <summary>Takes the call among the running ones, or says why not.</summary>
    private Answer? Add(RunningCall call)
    {
        var limit = _host.Configuration.Sessions.MaxConcurrentRequests;
        lock (_gate)
        {
            var calls = _calls ??= new(StringComparer.Ordinal);
            if (calls.Count + (_waitingInputs?.Count ?? 0) >= limit)
            {
                var busy = RpcReply.Error(call.Id, RpcError.Refused, $"This session runs {limit} requests already. Try again when some are done.");
                return new Answer(busy, 429, Failed: true);
            }

            if (_phase == Phase.Live && calls.TryAdd(call.Key, call))
            {
                Interlocked.Increment(ref _unanswered);
                return null;
            }

            return Answer.Error(call.Id, RpcError.InvalidRequest, "A request with this id is still running.", call.Meta.IsSessionless);
        }
    }

    private void Complete(RunningCall call, Answer answer)
    {
        if (!call.TryAnswer())
        {
            return; // Its permission was taken away while it ran, and it has been told so.
        }

        call.Release();
        lock (_gate)
        {
            _calls?.Remove(call.Key);
        }

        call.Sink.Finish(answer);
        if (Interlocked.Decrement(ref _unanswered) == 0)
        {
            Volatile.Read(ref _allAnswered)?.TrySetResult();
        }
    }

    private async Task FinishLaterAsync(RunningCall call, ValueTask<Answer> work)
    {
        var pending = work.AsTask();
        using (_host.Time.CreateTimer(static sink => ((PostSink)sink!).Promote(), call.Sink, s_promoteAfter, Timeout.InfiniteTimeSpan))
        {
            // AnswerAsync turns every failure into an answer.
            Complete(call, await pending);
        }

        Volatile.Write(ref _lastActive, _host.Time.GetUtcNow().UtcTicks);
    }

    private async ValueTask<Answer> AnswerAsync(RunningCall call)
    {
        var measures = _host.Metrics.MeasuresRequests;
        var started = measures ? _host.Time.GetTimestamp() : 0;
        using var activity = StartActivity(call);
        Answer answer;
        try
        {
            var work = call.Input is { } input ? new ValueTask<byte[]>(input.Resumed()) : DispatchAsync(call);
            answer = work.IsCompletedSuccessfully ? Answer.Of(work.Result)
                : CanAsk(call) ? await AwaitOrAskAsync(call, work.AsTask())
                : Answer.Of(await work);
        }
        catch (Exception e)
        {
            answer = Failures.ToAnswer(call, e, Logger);
        }

        if (measures)
        {
            _host.Metrics.Answered(Known(call.Message.Method), call.Tool, answer.Failed, _host.Time.GetElapsedTime(started));
        }

        if (answer.Failed)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            _host.Neighbours.Erred(call.Caller.Tenant);
        }

        return answer;
    }

    /// <summary>Names that clients invent must not become metric tags.</summary>
    private static string Known(string method) => string.IsInterned(method) is not null ? method : "_OTHER";

    private static Activity? StartActivity(RunningCall call)
    {
        if (!SessionMetrics.Activities.HasListeners())
        {
            return null;
        }

        var parent = TraceContext.Of(call.Message);
        var activity = SessionMetrics.Activities.StartActivity(Known(call.Message.Method), ActivityKind.Server, parent ?? default);
        activity?.SetTag("mcp.method.name", Known(call.Message.Method));
        activity?.SetTag("orleansmcp.tenant", call.Caller.Tenant);
        return activity;
    }

    private ValueTask<byte[]> DispatchAsync(RunningCall call)
    {
        var method = call.Message.Method;
        return call.Meta.IsSessionless
            ? method switch
            {
                RequestMethods.ServerDiscover => Discover(call),
                RequestMethods.SubscriptionsListen => ListenForChangesAsync(call),
                _ => Methods.IsRemoved(method) ? throw Failures.NoSuchMethod(method) : DispatchSharedAsync(call, method),
            }
            : method switch
            {
                RequestMethods.Ping => new(RpcReply.Result(call.Id, new PingResult())),
                RequestMethods.Initialize => throw Failures.AlreadyInitialized(),
                RequestMethods.LoggingSetLevel => SetLogLevelAsync(call),
                RequestMethods.ResourcesSubscribe => SubscribeAsync(call, subscribe: true),
                RequestMethods.ResourcesUnsubscribe => SubscribeAsync(call, subscribe: false),
                _ => DispatchSharedAsync(call, method),
            };
    }

    private ValueTask<byte[]> DispatchSharedAsync(RunningCall call, string method) => method switch
    {
        RequestMethods.ToolsCall => CallLoggedAsync(call),
        RequestMethods.ToolsList => ListTools(call),
        RequestMethods.PromptsList => ListPrompts(call),
        RequestMethods.PromptsGet => GetPromptAsync(call),
        RequestMethods.ResourcesList => ListResources(call),
        RequestMethods.ResourcesTemplatesList => ListResourceTemplates(call),
        RequestMethods.ResourcesRead => ReadResourceAsync(call),
        RequestMethods.CompletionComplete => CompleteAsync(call),
        _ => throw Failures.NoSuchMethod(method),
    };
}
