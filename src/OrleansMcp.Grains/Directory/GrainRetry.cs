using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Calls that may be made again when they fail on their way.</summary>
internal static class GrainRetry
{
    /// <summary>Calls until there is an answer, as long as the patience lasts.</summary>
    /// <param name="call">The call, safe to be made twice, and harmless when it arrives after a later one was answered.</param>
    /// <param name="again">Whether an answer means that it must be made again.</param>
    /// <param name="isPending">Whether an answer means that it is still under way.</param>
    /// <exception cref="SessionUnavailableException">It did not last.</exception>
    public static Task<T> RunAsync<T>(Func<Task<T>> call, Func<T, bool>? again = null, Func<T, bool>? isPending = null) =>
        RunAsync(call, again, isPending, outstanding: null);

    /// <summary>
    /// The same for a call that would undo what its sender does once it has the answer: the answer is given when no attempt can arrive any
    /// more. Only when an attempt was lost or takes long is there anything to wait for.
    /// </summary>
    public static async Task<T> RunSettledAsync<T>(Func<Task<T>> call, Func<T, bool>? again = null, Func<T, bool>? isPending = null)
    {
        List<Task> outstanding = [];
        var result = await RunAsync(call, again, isPending, outstanding);
        if (outstanding.Count > 0)
        {
            // Orleans gives each up after the response timeout, and what it delivers later than that it drops.
            await Task.WhenAll(outstanding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return result;
    }

    private static async Task<T> RunAsync<T>(Func<Task<T>> call, Func<T, bool>? again, Func<T, bool>? isPending, List<Task>? outstanding)
    {
        var persistence = new RetryBudget(SessionTimings.Patience);
        while (true)
        {
            var attempt = Boxed(call());
            if (await TryAsync(attempt) is { } result)
            {
                if (isPending?.Invoke(result.Value) == true)
                {
                    persistence.Renew();
                    continue;
                }

                if (again?.Invoke(result.Value) != true)
                {
                    return result.Value;
                }
            }
            else
            {
                outstanding?.Add(attempt);
            }

            if (persistence.IsOver)
            {
                throw new SessionUnavailableException("The session cannot be reached at the moment. Try again.");
            }

            await Task.Delay(persistence.NextPause(), SessionTimings.Clock);
        }
    }

    /// <summary>Awaits a grain call. Null when it failed on its way, or has no answer yet although it should.</summary>
    public static async ValueTask<T?> TryAsync<T>(Task<T> call) where T : class
    {
        try
        {
            return await call.WaitAsync(SessionTimings.AskAgain, SessionTimings.Clock);
        }
        catch (Exception e) when (RetryBudget.IsTransient(e))
        {
            call.Ignore();
            return null;
        }
    }

    private static async Task<Box<T>> Boxed<T>(Task<T> call) => new(await call);

    private sealed record Box<T>(T Value);
}
