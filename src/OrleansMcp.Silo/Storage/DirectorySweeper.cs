using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace OrleansMcp.Silo.Storage;

/// <summary>
/// Removes what dead silos left in the grain directory. Orleans replaces the entry of a grain that is called again; the entries of sessions
/// that never are would stay for ever. Every silo sweeps, each removal is conditional, so that none can take an entry that was renewed.
/// </summary>
internal sealed partial class DirectorySweeper(
    TableServiceClient tables, IOptions<ClusterOptions> cluster, ISiloStatusOracle silos, TimeProvider time, ILogger<DirectorySweeper> logger)
    : BackgroundService
{
    private const string SiloColumn = "SiloAddress";
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(10);

    /// <summary>One round. Returns how many entries it removed. Also called by tests.</summary>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var table = tables.GetTableClient(TableNames.Directory);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {cluster.Value.ClusterId}");
        var removed = 0;
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey", SiloColumn], cancellationToken: cancellationToken))
        {
            if (IsDead(row.GetString(SiloColumn)) && await TryRemoveAsync(table, row, cancellationToken))
            {
                removed++;
            }
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(s_interval, time, stoppingToken);
                var removed = await SweepAsync(stoppingToken);
                LogSwept(logger, removed);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, a missing credential too: housekeeping is no reason to stop a silo.
                LogFailed(logger, e);
            }
        }
    }

    /// <summary>An entry that cannot be read is left alone, and keeps no other from being looked at.</summary>
    private bool IsDead(string? silo)
    {
        try
        {
            return silo is not null && silos.IsDeadSilo(SiloAddress.FromParsableString(silo));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static async Task<bool> TryRemoveAsync(TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            var response = await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
            return response.Status != 404; // another silo was faster: an answer here, and no exception
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Entries} directory entries of dead silos removed.")]
    private static partial void LogSwept(ILogger logger, int entries);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grain directory could not be swept.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
