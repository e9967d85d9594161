using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// A reference to a session in the cluster, for one request. Every message has a delivery name, so that it can be repeated when a silo is
/// lost: a message that may run twice is delivered again; of any other only the state of its delivery is queried, and if that is unknown,
/// the client gets an error that says so.
/// </summary>
internal sealed partial class ClusterSession(
    SessionKey key, ISessionGrain grain, Catalogue catalogue, Outbox outbox, SessionIdIssuer ids, CancellationToken givingUp) : ISession
{
    private JsonElement _request; // the id of the request whose answer may be a stream
    private bool _isRepeatable; // whether its client may send it again

    public async Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken)
    {
        var result = await OpenAsync(new OpenCall(caller, initialize));
        ThrowIfStopped(result.Failure);
        return result.Reply;
    }

    public async Task<SessionRefusal?> OpenHandleAsync(Caller caller, HandleOpening opening, CancellationToken cancellationToken) =>
        (await OpenAsync(new OpenCall(caller, Initialize: null, opening.Permissions?.ToArray(), Servers: opening.Servers?.ToArray()))).Refusal;

    public ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken)
    {
        (_request, _isRepeatable) = (message.Id, catalogue.MayRepeat(message));
        var name = outbox.Begin(key, DeliveryMeta.Of(message) ?? Guid.NewGuid());
        return PostAsync(caller, message, batch: null, options with { Delivery = name }, catalogue.MayRedeliver(message), cancellationToken);
    }

    /// <summary>
    /// Delivers a message again, under its name in <see cref="Outbox"/>, because the activation that got it was deactivated before it
    /// answered. For messages that may run twice.
    /// </summary>
    public ValueTask<SessionReply> RedeliverAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken)
    {
        (_request, _isRepeatable) = (message.Id, catalogue.MayRepeat(message));
        return PostAsync(caller, message, batch: null, options, mayRepeat: true, cancellationToken);
    }

    public ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken)
    {
        var mayRepeat = messages.All(message => message.Method != Methods.ToolsCall);
        _isRepeatable = mayRepeat;
        var name = outbox.Begin(key, Guid.NewGuid());
        return PostAsync(caller, message: null, [.. messages], options with { Delivery = name }, mayRepeat, cancellationToken);
    }

    public async Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken)
    {
        var call = new OperateCall(Guid.NewGuid(), request);
        var result = await GrainRetry.RunSettledAsync(
            () => grain.OperateAsync(call), static result => result.Failure == CallFailure.Moved, static result => result.Failure == CallFailure.Pending);
        ThrowIfStopped(result.Failure);
        return result.Failure == CallFailure.Unsaved ? throw Unsaved() : result.Reply;
    }

    /// <summary>
    /// The reply to a request that is not delivered again. An activation that was deactivated without an error for the client gives
    /// <see cref="LostAnswer"/>.
    /// </summary>
    internal static SessionReply Interrupted(SessionReply reply, JsonElement request) =>
        reply is { Kind: ReplyKind.Moved, Body.IsEmpty: true } ? Lost(request) : reply;

    private async Task<OpenResult> OpenAsync(OpenCall call)
    {
        // Settled, because an attempt that arrives after the session's end would open it again.
        var isRepeat = false;
        var result = await GrainRetry.RunSettledAsync(
            () =>
            {
                var sent = call with { IsRepeat = isRepeat, SentAt = SentAt() };
                isRepeat = true;
                return grain.OpenAsync(sent);
            },
            static result => result.Failure == CallFailure.Moved,
            static result => result.Failure == CallFailure.Pending);
        return result.Failure == CallFailure.Unsaved ? throw Unsaved() : result;
    }

    private async ValueTask<SessionReply> PostAsync(
        Caller caller, McpMessage? message, McpMessage[]? batch, PostOptions options, bool mayRepeat, CancellationToken cancellationToken)
    {
        var isSettled = false;
        try
        {
            var call = new PostCall(caller, message, batch, options with { Token = null }, SentAt());
            var (reply, isKnown) = await PostAsync(call, options.Token, mayRepeat, cancellationToken);
            isSettled = isKnown;
            return reply;
        }
        finally
        {
            if (isSettled)
            {
                outbox.End(key, options.Delivery);
            }
            else
            {
                _ = outbox.EndLaterAsync(key, options.Delivery);
            }
        }
    }

    /// <summary>
    /// Delivers until there is a reply. <c>IsKnown</c>: the reply comes from the session, and not from this method because no answer came.
    /// </summary>
    private async ValueTask<(SessionReply Reply, bool IsKnown)> PostAsync(PostCall call, CallerToken? token, bool mayRepeat, CancellationToken cancellationToken)
    {
        using var abort = cancellationToken.CanBeCanceled && ProtocolVersions.IsSessionless(call.Options.ProtocolVersion)
            ? cancellationToken.UnsafeRegister(_ => Abort(call), state: null)
            : default;
        var budget = new RetryBudget(SessionTimings.Patience);
        var attempt = Sealed(call, token);
        var (isLost, mayHaveRun) = (false, false);
        while (true)
        {
            var result = await GrainRetry.TryAsync(grain.PostAsync(attempt));
            isLost |= result is null;
            mayHaveRun |= result is null or { State: PostState.Answered or PostState.Pending };
            switch (result?.State)
            {
                case PostState.Answered when result.Reply.Kind != ReplyKind.Moved:
                    return (result.Reply, true);
                case PostState.Answered when !mayRepeat:
                    return (Interrupted(result.Reply, _request), false);
                case PostState.Pending when givingUp.IsCancellationRequested:
                    // This process stops: the call may still succeed on its silo, but its answer cannot reach the client.
                    return (Unanswered(mayHaveRun), false);
                case PostState.Pending:
                    budget.Renew();
                    attempt = call.AsQuestion();
                    continue;
                case PostState.NotStarted when !mayRepeat && isLost:
                    return (Lost(), false);
                case PostState.Unknown when attempt.IsQuestion && mayRepeat:
                    break; // The activation that ran the message is gone: deliver it again.
                case PostState.Unknown when mayRepeat || !isLost || budget.IsOver:
                    return (Unanswered(mayHaveRun: true), false);
                case PostState.Stopped:
                    return (Stopped(), true);
                case PostState.Unsaved:
                    throw Unsaved();
                case PostState.Failed:
                    throw new InvalidOperationException("The session actor failed.");
            }

            // No answer, or the actor is being deactivated. If the message may have run and must not run twice, only the state of its
            // delivery is queried from now on.
            if (budget.IsOver)
            {
                return (Unanswered(mayHaveRun), false);
            }

            await Task.Delay(budget.NextPause(), SessionTimings.Clock, cancellationToken);
            attempt = mayRepeat || !isLost ? Sealed(call with { SentAt = SentAt() }, token) : call.AsQuestion();
        }
    }

    /// <summary>The call with the caller's token in the form in which it may cross, which is good for a short time.</summary>
    private PostCall Sealed(PostCall call, CallerToken? token) => token is null
        ? call
        : call with { Options = call.Options with { SealedToken = ids.TokenSeal.Seal(token, key, call.Caller, SessionTimings.Clock.GetUtcNow()) } };

    private static long SentAt() => SessionTimings.Clock.GetUtcNow().UtcTicks;

    private void Abort(PostCall call) => grain.AbortAsync(call.Caller, call.Options.Delivery.Id).Ignore();

    /// <summary>The client is asked to send the request again, unless that may do something twice.</summary>
    private SessionReply Unanswered(bool mayHaveRun) => _isRepeatable || !mayHaveRun ? Unavailable() : Lost();

    private SessionReply Unavailable()
    {
        var data = new JsonObject { ["code"] = "session_unavailable", ["retryable"] = true };
        const string Message = "The session cannot be reached at the moment. Send the request again.";
        return new SessionReply(
            ReplyKind.Message, RpcReply.Error(_request, RpcError.InternalError, Message, data), 503,
            RetryAfterSeconds: SessionUnavailableException.RetryAfterSeconds);
    }

    private SessionReply Stopped() => new(
        ReplyKind.Message,
        RpcReply.Error(_request, RpcError.InternalError, TenantStoppedException.Refusal.Message, TenantStoppedException.ToJson()), 503);

    private static void ThrowIfStopped(CallFailure failure)
    {
        if (failure == CallFailure.Stopped)
        {
            throw new TenantStoppedException();
        }
    }

    private SessionReply Lost() => Lost(_request);

    private static SessionReply Lost(JsonElement request) =>
        new(ReplyKind.Message, LostAnswer.To(request), LostAnswer.Status);

    private static IOException Unsaved() => new("The store of the cluster did not take the change.");
}
