using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using OrleansMcp.Server.Hosting;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Server.Storage;

/// <summary>
/// Waits for the table storage before anything else starts: a process that comes up together with its storage, or its identity, is not a
/// broken one. What waiting cannot mend stops the start at once.
/// </summary>
internal sealed partial class StorageAtHand(TableServiceClient tables, TimeProvider time, ILogger<StorageAtHand> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <exception cref="StartRefusedException">The storage refuses this process, or cannot be reached for a minute.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (await TryAsync(cancellationToken) is { } problem)
        {
            if (time.GetElapsedTime(begun) > s_patience)
            {
                throw new StartRefusedException($"The table storage at {tables.Uri} cannot be reached: {problem}");
            }

            LogWaiting(logger, tables.Uri, problem);
            await Task.Delay(s_pause, time, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is wrong and may pass; null when the storage answers.</summary>
    private async Task<string?> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await tables.CreateTableIfNotExistsAsync(TableNames.Store, cancellationToken);
            return null;
        }
        catch (RequestFailedException e) when (e.Status is 0 or 408 or 429 or >= 500)
        {
            return FirstLine(e);
        }
        catch (RequestFailedException e)
        {
            throw new StartRefusedException($"The table storage at {tables.Uri} refuses this process: {e.Status} {e.ErrorCode}. {FirstLine(e)}");
        }
        catch (AggregateException e)
        {
            // All of its attempts failed; the last one says how.
            return FirstLine(e.InnerExceptions[^1]);
        }
        catch (AuthenticationFailedException e)
        {
            return FirstLine(e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "It does not answer in time.";
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].Trim();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the table storage at {Storage}: {Problem}")]
    private static partial void LogWaiting(ILogger logger, Uri storage, string problem);
}
