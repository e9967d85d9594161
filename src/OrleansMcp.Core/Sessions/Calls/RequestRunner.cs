using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Signals.Interference;

namespace OrleansMcp.Sessions.Calls;

/// <summary>Runs the requests of one session from their arrival to their answer.</summary>
internal sealed class RequestRunner(
    CurrentRecord record, NegotiatedClient client, RunningCalls calls, CallCharges charges, PendingInputs inputs, Revocation revocation, RequestRouter router,
    LastActivity activity, SessionMetrics metrics, InterferenceDetector interference, TimeProvider time, FailureLog failures)
{
    /// <summary>A call that sent nothing for this long is promoted to a stream, so that no proxy or client closes its idle connection.</summary>
    private static readonly TimeSpan s_promoteAfter = TimeSpan.FromSeconds(5);

    /// <summary>Runs a request, which may have finished on return. It always finishes its sink, also when it fails.</summary>
    public void Start(Caller caller, McpMessage message, PostSink sink, PostOptions options, CancellationToken disconnected)
    {
        if (!TryPrepare(caller, message, sink, options, out var call, out var refusal))
        {
            sink.Finish(refusal);
            return;
        }

        if (call.Meta.IsSessionless)
        {
            // Closing the connection cancels the call (2026-07-28, Cancellation), before its stream begins and after.
            call.CancelWith(disconnected);
            sink.Abandoned = () => call.Cancel(CancelReason.Client);
        }

        var work = AnswerAsync(call);
        if (work.IsCompletedSuccessfully)
        {
            calls.Complete(call, work.Result);
        }
        else
        {
            _ = FinishLaterAsync(call, work);
        }
    }

    private bool TryPrepare(
        Caller caller, McpMessage message, PostSink sink, PostOptions options, [NotNullWhen(true)] out RunningCall? call, out Answer refusal)
    {
        call = null;
        if (!TryReadMeta(message, options, out var meta, out refusal))
        {
            return false;
        }

        HeldBytes held;
        try
        {
            held = charges.Take(caller, message);
        }
        catch (QuotaExceededException e)
        {
            refusal = charges.Refuse(new RunningCall(caller, message, meta, sink), e.Refusal);
            return false;
        }

        if (TryAdmit(caller, message, meta, sink, options, out call, out refusal))
        {
            call.Hold(held);
            return true;
        }

        held.Dispose();
        return false;
    }

    private bool TryAdmit(
        Caller caller, McpMessage message, RequestMeta meta, PostSink sink, PostOptions options, [NotNullWhen(true)] out RunningCall? call, out Answer refusal)
    {
        (call, refusal) = (null, default);
        if (meta.IsSessionless && RequestStates.TokenOf(message) is { } state)
        {
            if (revocation.RefuseRetry(new RunningCall(caller, message, meta, sink)) is { } denied)
            {
                refusal = denied;
                return false;
            }

            call = inputs.TakeUp(caller, message, meta, sink, state, revocation.Admit, out var full, options.Token);
            refusal = full ?? Answer.Error(message.Id, RpcError.InvalidParams,
                "The requestState is unknown, used or expired, or belongs to another request. Start the request again.", true);
            return call is not null;
        }

        call = new RunningCall(caller, message, meta, sink) { Delivery = options.Delivery };
        call.Carry(options.Token); // Before another thread can answer or cancel the call.
        if (calls.Add(call) is not { } problem)
        {
            return true;
        }

        call.DropToken();
        refusal = problem;
        return false;
    }

    private bool TryReadMeta(McpMessage message, PostOptions options, [NotNullWhen(true)] out RequestMeta? meta, out Answer refusal)
    {
        refusal = default;
        meta = client.Meta;
        if (meta is null && record.Key.IsPrincipal && !message.IsSessionless(options.ProtocolVersion))
        {
            meta = RequestMeta.WithoutSession(options.ProtocolVersion);
        }

        if (meta is not null)
        {
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

    private async Task FinishLaterAsync(RunningCall call, ValueTask<Answer> work)
    {
        var pending = work.AsTask();
        using (time.CreateTimer(static sink => ((PostSink)sink!).Promote(), call.Sink, s_promoteAfter, Timeout.InfiniteTimeSpan))
        {
            // AnswerAsync turns every failure into an answer.
            calls.Complete(call, await pending);
        }

        activity.Touch();
    }

    private async ValueTask<Answer> AnswerAsync(RunningCall call)
    {
        var measures = metrics.MeasuresRequests;
        var started = measures ? time.GetTimestamp() : 0;
        using var span = StartActivity(call);
        Answer answer;
        try
        {
            var work = call.Input is { } input ? new ValueTask<byte[]>(input.Resumed())
                : call.Message.ParsedIn > TimeSpan.Zero ? new ValueTask<byte[]>(DispatchLargeAsync(call))
                : router.DispatchAsync(call);
            answer = work.IsCompletedSuccessfully ? Answer.Of(work.Result)
                : PendingInputs.MayAsk(call) ? await inputs.AwaitOrAskAsync(call, work.AsTask())
                : Answer.Of(await work);
        }
        catch (Exception e)
        {
            answer = Failures.ToAnswer(call, e, record.Name, failures);
        }

        answer = charges.Charge(call, answer);
        if (measures)
        {
            var tool = call.Tool is { IsKnown: true } known ? known.Name : null;
            metrics.Answered(Methods.Tag(call.Message.Method), tool, answer.Outcome, time.GetElapsedTime(started));
        }

        if (answer.Outcome == AnswerOutcome.Failed)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            interference.Erred(call.Caller.Tenant);
        }

        return answer;
    }

    /// <summary>Dispatches a request that takes long to check: when its client has a share of the processor for it, which it then uses up.</summary>
    private async Task<byte[]> DispatchLargeAsync(RunningCall call)
    {
        await charges.WaitAsync(call);
        var began = time.GetTimestamp();
        ValueTask<byte[]> work;
        try
        {
            work = router.DispatchAsync(call);
        }
        finally
        {
            charges.Dispatched(call, time.GetElapsedTime(began));
        }

        return await work;
    }

    private static Activity? StartActivity(RunningCall call)
    {
        if (!SessionMetrics.Activities.HasListeners())
        {
            return null;
        }

        var method = Methods.Tag(call.Message.Method);
        var parent = TraceContext.Of(call.Message);
        var activity = SessionMetrics.Activities.StartActivity(method, ActivityKind.Server, parent ?? default);
        activity?.SetTag("mcp.method.name", method);
        activity?.SetTag("orleansmcp.tenant", call.Caller.Tenant);
        return activity;
    }
}
