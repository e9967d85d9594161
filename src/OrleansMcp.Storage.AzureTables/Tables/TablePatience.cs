using Azure;
using OrleansMcp.Storage.AzureTables.Formats;

namespace OrleansMcp.Storage.AzureTables.Tables;

/// <summary>
/// How long a process that starts waits for tables that do not answer: one that comes up together with its storage, or its identity, is not a
/// broken one. What waiting cannot mend stops the start at once.
/// </summary>
/// <param name="place">Where the tables are.</param>
/// <param name="time">The clock.</param>
/// <param name="waiting">Told what is wrong before each further attempt.</param>
internal sealed class TablePatience(Uri place, TimeProvider time, Action<string> waiting)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <exception cref="TableFormatException">The step found them to be of another version.</exception>
    /// <exception cref="IOException">The tables refuse, or did not answer for as long as this waits.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await step(cancellationToken);
            }
            catch (Exception e) when (e is not TableFormatException && !cancellationToken.IsCancellationRequested)
            {
                if (!MayPass(e) || time.GetElapsedTime(begun) >= s_patience)
                {
                    throw new IOException($"The table storage at {place.GetLeftPart(UriPartial.Path)} {Verdict(e)} {Problem(e)}", e);
                }

                waiting(Problem(e));
            }

            await Task.Delay(s_pause, time, cancellationToken);
        }
    }

    /// <summary>A sentence about what a client of tables threw.</summary>
    public static string Problem(Exception e) => (e is AggregateException { InnerExceptions: [.., var last] } ? last : e).Message.Split('\n', 2)[0].Trim();

    private static string Verdict(Exception e) =>
        e is RequestFailedException { Status: not 0 } answer ? $"refuses this process: {answer.Status} {answer.ErrorCode}." : "cannot be reached:";

    /// <summary>Whether the failure may be transient: the service is busy, or did not answer. Its other answers are final.</summary>
    private static bool MayPass(Exception e) => e is not RequestFailedException { Status: not (0 or 408 or 429 or >= 500) } answer || answer.ErrorCode == "TableBeingDeleted";
}
