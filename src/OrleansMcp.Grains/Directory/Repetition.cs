using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Calls that may be made again when they fail on their way.</summary>
internal static class Repetition
{
    /// <summary>Calls until there is an answer, as long as the patience lasts.</summary>
    /// <exception cref="SessionUnavailableException">It did not last.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> call, Func<T, bool> again)
    {
        var persistence = new Persistence(SessionTimings.Patience);
        for (var isFirst = true; ; isFirst = false)
        {
            if (await TryAsync(Boxed(call()), isFirst, persistence.Left) is { } result && !again(result.Value))
            {
                return result.Value;
            }

            if (persistence.IsOver)
            {
                throw new SessionUnavailableException("The session cannot be reached at the moment. Try again.");
            }

            await Task.Delay(persistence.NextPause(), SessionTimings.Clock);
        }
    }

    /// <summary>Awaits a grain call. Null when it failed on its way.</summary>
    public static async ValueTask<T?> TryAsync<T>(Task<T> call, bool isFirst, TimeSpan left) where T : class
    {
        try
        {
            // The first attempt is bounded by the response timeout alone, which costs nothing.
            return await (isFirst ? call : call.WaitAsync(left, SessionTimings.Clock));
        }
        catch (Exception e) when (Persistence.IsTransient(e))
        {
            call.Ignore();
            return null;
        }
    }

    private static async Task<Box<T>> Boxed<T>(Task<T> call) => new(await call);

    private sealed record Box<T>(T Value);
}
