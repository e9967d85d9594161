using Azure.Data.Tables;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Formats;

/// <summary>Waits for the tables and checks their <see cref="TableFormat"/> before this process joins a cluster or activates anything.</summary>
internal sealed partial class TableFormatCheck(TableServiceClient tables, TimeProvider time, ILogger<TableFormatCheck> logger) : IHostedLifecycleService
{
    /// <exception cref="TableFormatException">The tables are of another version.</exception>
    /// <exception cref="IOException">The tables cannot be used, or not reached for a minute.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var patience = new TablePatience(tables.Uri, time, problem => LogWaiting(logger, tables.Uri, problem));
        await patience.RunAsync(CheckAsync, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        await new TableFormat(tables).CheckAsync(cancellationToken);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the table storage at {Storage}: {Problem}")]
    private static partial void LogWaiting(ILogger logger, Uri storage, string problem);
}
