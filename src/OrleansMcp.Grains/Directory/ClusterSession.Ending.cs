using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Grains.Directory;

/// <summary>Ends a session. Any attempt may end it, even if its answer is lost; later attempts then find no session.</summary>
internal sealed partial class ClusterSession
{
    public async Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken)
    {
        var call = new EndCall(caller);
        List<Task<EndResult>> attempts = [];
        var result = await GrainRetry.RunAsync(
            () =>
            {
                var attempt = grain.EndAsync(call);
                attempts.Add(attempt);
                return attempt;
            },
            static result => result.Failure == CallFailure.Moved,
            static result => result.Failure == CallFailure.Pending);
        ThrowIfStopped(result.Failure);
        return result.Failure == CallFailure.Unsaved ? throw Unsaved()
            : result.Receipt ?? await ReceiptOfAsync(attempts);
    }

    public async Task<YieldReply> YieldAsync(YieldRequest request, CancellationToken cancellationToken)
    {
        var result = await GrainRetry.RunAsync(
            () => grain.YieldAsync(request), static result => result.Failure == CallFailure.Moved, static result => result.Failure == CallFailure.Pending);
        ThrowIfStopped(result.Failure);
        return result.Failure == CallFailure.Unsaved ? throw Unsaved() : result.Reply;
    }

    /// <summary>
    /// The receipt of an attempt whose answer arrives late; null when no attempt ended the session. After an attempt that ended it and whose answer
    /// was lost, the next one finds none.
    /// </summary>
    /// <exception cref="SessionUnavailableException">An attempt may have ended the session. A repeated request gets NotFound then.</exception>
    private static async Task<SessionReceipt?> ReceiptOfAsync(List<Task<EndResult>> attempts)
    {
        Task all = Task.WhenAll(attempts);
        await all.WaitAsync(SessionTimings.LateReceipt, SessionTimings.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var receipt = attempts.Where(attempt => attempt.IsCompletedSuccessfully)
            .Select(attempt => attempt.Result.Receipt).FirstOrDefault(receipt => receipt is not null);
        return receipt ?? (attempts.TrueForAll(EndedNothing) ? null
            : throw new SessionUnavailableException("The session may have ended. Send the request again."));
    }

    private static bool EndedNothing(Task<EndResult> attempt) => attempt.IsCompletedSuccessfully
        ? attempt.Result is { Receipt: null, Failure: not CallFailure.Pending }
        : attempt.Exception?.InnerException is { } failure && RetryBudget.WasTurnedAway(failure);
}
