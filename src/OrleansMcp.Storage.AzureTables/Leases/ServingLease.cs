using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Leases;

/// <summary>
/// Makes a process without a cluster the only one on its tables: two of them would fence each other's sessions all the time. Safety does
/// not depend on the lease: the ETag and the epoch of a session's row keep two activations from serving it.
/// </summary>
/// <remarks>
/// No clocks of two processes are compared. The holder counts from the start of its last renewal, and stops before another process may take
/// over. That process counts from when it first read the row, and replaces the row only if its ETag has not changed since.
/// </remarks>
internal sealed partial class ServingLease(
    TableServiceClient tables, string serviceId, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ServingLease> logger)
    : IHostedLifecycleService, IHealthCheck, IAsyncDisposable
{
    public const string Name = "serving lease";

    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_giveUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_lastWord = TimeSpan.FromSeconds(3);

    private readonly LeaseRow _row = new(tables, serviceId);
    private readonly CancellationTokenSource _leaving = new();
    private Task _keeping = Task.CompletedTask;
    private ETag _held;
    private long _renewedAt;
    private bool _isHeld;
    private int _isDisposed;
    private volatile bool _isLost;

    /// <summary>Told, as a sentence, why the lease is lost, before the process is stopped.</summary>
    public Action<string>? Lost { get; init; }

    private TimeSpan Left => s_giveUp - time.GetElapsedTime(_renewedAt) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isLost ? HealthCheckResult.Unhealthy("is lost") : HealthCheckResult.Healthy());

    /// <exception cref="ServingLeaseHeldException">Another process serves.</exception>
    /// <exception cref="IOException">The tables cannot be used, or not reached for a minute.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await AcquireAsync(new TablePatience(tables.Uri, time, problem => LogWaiting(logger, problem)), cancellationToken);
        _isHeld = true;
        _keeping = KeepAsync(_leaving.Token);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>However little time the host has left: the next process must not wait for nothing.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => ReleaseAsync();

    /// <summary>Releases it too: a host that fails to start does not stop what has begun. May come more than once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await ReleaseAsync();
            _leaving.Dispose();
        }
    }

    private async Task AcquireAsync(TablePatience patience, CancellationToken cancellationToken)
    {
        ETag? seen = null;
        var since = 0L;
        while (true)
        {
            var found = await patience.RunAsync(_row.FindAsync, cancellationToken);
            if (found is null && await TryTakeAsync(patience, _row.TryInsertAsync, cancellationToken))
            {
                return;
            }

            if (found is { } row)
            {
                if ((seen ?? row) != row)
                {
                    throw Served();
                }

                if (seen is null)
                {
                    (seen, since) = (row, time.GetTimestamp());
                    LogWatching(logger, serviceId, s_duration.TotalSeconds);
                }
                else if (time.GetElapsedTime(since) >= s_duration)
                {
                    await TakeOverAsync(patience, row, cancellationToken);
                    return;
                }
            }

            await Task.Delay(s_look, time, cancellationToken);
        }
    }

    private async Task TakeOverAsync(TablePatience patience, ETag row, CancellationToken cancellationToken)
    {
        if (!await TryTakeAsync(patience, token => _row.TryReplaceAsync(row, token), cancellationToken))
        {
            throw Served();
        }

        LogTakenOver(logger, serviceId, s_duration.TotalSeconds);
    }

    private Task<bool> TryTakeAsync(TablePatience patience, Func<CancellationToken, Task<ETag?>> take, CancellationToken cancellationToken) =>
        patience.RunAsync(
            async token =>
            {
                var begun = time.GetTimestamp();
                if (await take(token) is not { } taken)
                {
                    return false;
                }

                (_held, _renewedAt) = (taken, begun);
                return true;
            },
            cancellationToken);

    private async Task KeepAsync(CancellationToken leaving)
    {
        var pause = s_renewal;
        while (!_isLost)
        {
            await Task.Delay(pause < Left ? pause : Left, time, leaving);
            pause = Left > TimeSpan.Zero && await TryRenewAsync(leaving) ? s_renewal : s_retry;
            if (Left == TimeSpan.Zero && !_isLost)
            {
                Lose("it could not be renewed");
            }
        }
    }

    private async Task<bool> TryRenewAsync(CancellationToken leaving)
    {
        var begun = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(Left < s_renewal ? Left : s_renewal, time);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(leaving, timeout.Token);
        try
        {
            if (await _row.TryReplaceAsync(_held, attempt.Token) is { } renewed)
            {
                (_held, _renewedAt) = (renewed, begun);
                return true;
            }

            Lose("another process took it over, or it was removed");
        }
        catch (Exception e) when (!leaving.IsCancellationRequested)
        {
            LogNotRenewed(logger, serviceId, TablePatience.Problem(e));
        }

        return false;
    }

    private void Lose(string why)
    {
        _isLost = true;
        LogLost(logger, serviceId, why);
        Lost?.Invoke($"The serving lease of '{serviceId}' is lost: {why}.");
        lifetime.StopApplication();
    }

    /// <summary>
    /// Deletes the row of this process, also after the lease was lost: the row may still be there if no other process has taken it over.
    /// </summary>
    private async Task ReleaseAsync()
    {
        await _leaving.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isHeld)
        {
            return;
        }

        _isHeld = false;
        using var timeout = new CancellationTokenSource(s_lastWord, time);
        try
        {
            await _row.RemoveAsync(timeout.Token);
        }
        catch (Exception e)
        {
            LogNotReleased(logger, serviceId, s_duration.TotalSeconds, TablePatience.Problem(e));
        }
    }

    private ServingLeaseHeldException Served() => new(
        $"Another process serves '{serviceId}' on the tables at {tables.Uri.GetLeftPart(UriPartial.Path)}: it has just renewed its lease. Without clustering one process serves alone. Stop the other one first, use another storage account, or let both join a cluster.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The serving lease could not be acquired; trying again: {Problem}")]
    private static partial void LogWaiting(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "A process holds the serving lease of {Service}, or did so when it was lost. Watching for {Seconds} s whether it is renewed.")]
    private static partial void LogWatching(ILogger logger, string service, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The serving lease of {Service} was not renewed for {Seconds} s and is taken over.")]
    private static partial void LogTakenOver(ILogger logger, string service, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The serving lease of {Service} could not be renewed; trying again: {Problem}")]
    private static partial void LogNotRenewed(ILogger logger, string service, string problem);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The serving lease of {Service} is LOST: {Why}. This process stops, so that not two of them serve.")]
    private static partial void LogLost(ILogger logger, string service, string why);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The serving lease of {Service} could not be released; the next process waits for {Seconds} s before it serves: {Problem}")]
    private static partial void LogNotReleased(ILogger logger, string service, double seconds, string problem);
}
