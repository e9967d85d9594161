using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Repeats grain calls that fail in transit.</summary>
internal static class GrainRetry
{
    /// <summary>Calls until there is an answer, for <see cref="SessionTimings.Patience"/> after the last one.</summary>
    /// <param name="call">The call. It must be safe to make it twice, also when the first one arrives after the second was answered.</param>
    /// <param name="again">Whether an answer asks for another attempt.</param>
    /// <param name="isPending">Whether an answer says that the call is still running.</param>
    /// <exception cref="SessionUnavailableException">No answer came in time.</exception>
    public static Task<T> RunAsync<T>(Func<Task<T>> call, Func<T, bool>? again = null, Func<T, bool>? isPending = null) =>
        RunAsync(call, again, isPending, outstanding: null);

    /// <summary>
    /// As <see cref="RunAsync{T}(Func{Task{T}}, Func{T, bool}, Func{T, bool})"/>, for a call that must not arrive after later calls of its
    /// sender: returns only when no attempt can arrive any more. Waits only if an attempt was lost or took long.
    /// </summary>
    public static async Task<T> RunSettledAsync<T>(Func<Task<T>> call, Func<T, bool>? again = null, Func<T, bool>? isPending = null)
    {
        List<Task> outstanding = [];
        var result = await RunAsync(call, again, isPending, outstanding);
        if (outstanding.Count > 0)
        {
            // Orleans fails each call after the response timeout, and drops its message if it arrives later.
            await Task.WhenAll(outstanding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return result;
    }

    private static async Task<T> RunAsync<T>(Func<Task<T>> call, Func<T, bool>? again, Func<T, bool>? isPending, List<Task>? outstanding)
    {
        var budget = new RetryBudget(SessionTimings.Patience);
        while (true)
        {
            var attempt = Boxed(call());
            if (await TryAsync(attempt) is { } result)
            {
                if (isPending?.Invoke(result.Value) == true)
                {
                    budget.Renew();
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

            if (budget.IsOver)
            {
                throw new SessionUnavailableException("The session cannot be reached at the moment. Try again.");
            }

            await Task.Delay(budget.NextPause(), SessionTimings.Clock);
        }
    }

    /// <summary>Awaits a grain call. Null when it failed in transit, or was not answered within <see cref="SessionTimings.AskAgain"/>.</summary>
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
