using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Storage.AzureTables.Sessions;

/// <summary>
/// Delays the deletion of rows of sessions that ended soon after they were opened. The insert of a row whose sender has timed out may still
/// arrive. An insert has no ETag, so if the row was deleted meanwhile, it would restore an ended session. So the row stays, with its ended
/// mark, until no insert can arrive any more. All other operations are passed on.
/// </summary>
/// <remarks>
/// The list of rows to delete is in the memory of this process. After a crash or a short stop, the rows stay with their ended mark, and are
/// deleted when a request activates their sessions.
/// </remarks>
/// <param name="rows">The storage.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs rows that could not be deleted.</param>
internal sealed partial class LateInsertGuard(IGrainStorage rows, TimeProvider time, ILogger<LateInsertGuard> logger) : BackgroundService, IGrainStorage
{
    /// <summary>The table service gives an operation up after 30 s (Microsoft Learn, "Setting timeouts for Table service operations"); clocks differ.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(1);

    /// <summary>The most rows that wait, some hundred bytes each; further ones are deleted at once.</summary>
    private const int Most = 50_000;

    private const int AtOnce = 16;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<Ended> _ended = new();
    private volatile bool _isStopping;

    /// <summary>How many rows wait.</summary>
    public int Waiting => _ended.Count;

    /// <summary>A row that is there and holds nothing was not cleared, because to clear is to delete it here.</summary>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await rows.ReadStateAsync(stateName, grainId, grainState);
        if (!grainState.RecordExists && grainState.ETag is not null)
        {
            throw new InvalidDataException("The row is there, and holds nothing.");
        }
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => rows.WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_isStopping || _ended.Count >= Most || grainState.State is not StoredSession stored || !EndedYoung(grainId, stored))
        {
            return rows.ClearStateAsync(stateName, grainId, grainState);
        }

        _ended.Enqueue(new(stateName, grainId, grainState.ETag, time.GetUtcNow() + Lateness));
        (grainState.ETag, grainState.RecordExists) = (null!, false);
        return Task.CompletedTask;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        await base.StopAsync(cancellationToken);
        await DeleteAsync(DateTimeOffset.MaxValue, cancellationToken);
    }

    /// <summary>Deletes the rows that are due. Also called by tests.</summary>
    internal Task DeleteDueAsync(CancellationToken cancellationToken) => DeleteAsync(time.GetUtcNow(), cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(s_interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await DeleteDueAsync(stoppingToken);
        }
    }

    /// <summary>Whether the row has the ended mark and its insert may still arrive. False for principals, whose keys are used again.</summary>
    private bool EndedYoung(GrainId grain, StoredSession stored)
    {
        var key = new SessionKey(grain.Key.ToString()!);
        try
        {
            return !key.IsPrincipal && stored.Record.Length > 0 && SessionRecordFormat.Read(key, stored.Record) is { Ended: not null } record
                && record.OpenedAt > time.GetUtcNow() - Lateness;
        }
        catch (SessionRecordException)
        {
            return false; // A row without a readable record has no mark and is deleted at once.
        }
    }

    /// <summary>Deletes several rows concurrently, because sessions may end faster than rows can be deleted one by one.</summary>
    private Task DeleteAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<Ended> due = [];
        while (_ended.TryPeek(out var next) && next.DueAt <= now && _ended.TryDequeue(out next))
        {
            due.Add(next);
        }

        return Task.WhenAll(due.Chunk((due.Count / AtOnce) + 1).Select(some => DeleteAsync(some, cancellationToken)));
    }

    private async Task DeleteAsync(Ended[] some, CancellationToken cancellationToken)
    {
        foreach (var one in some)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                await rows.ClearStateAsync(one.StateName, one.Grain, new GrainState<StoredSession>(new StoredSession(), one.ETag) { RecordExists = true });
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                _ended.Enqueue(one); // StopAsync deletes the waiting rows, as many as it has time for.
            }
            catch (InconsistentStateException)
            {
                // A request has activated the session, and the activation deleted the row.
            }
            catch (Exception e)
            {
                LogKept(logger, e, one.Grain);
                _ended.Enqueue(one with { DueAt = time.GetUtcNow() + Lateness });
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The row of {Grain}, which has ended, could not be deleted; this is tried again.")]
    private static partial void LogKept(ILogger logger, Exception exception, GrainId grain);

    private sealed record Ended(string StateName, GrainId Grain, string? ETag, DateTimeOffset DueAt);
}
