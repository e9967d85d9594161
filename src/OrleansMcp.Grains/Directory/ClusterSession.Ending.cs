using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Ending. Each attempt may be the one that ends the session, and the next one finds nothing then.</summary>
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

    /// <summary>The receipt that an attempt brought late; null when none of them ended anything.</summary>
    /// <exception cref="SessionUnavailableException">One may have. That there is no such session is for the next request to hear.</exception>
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
