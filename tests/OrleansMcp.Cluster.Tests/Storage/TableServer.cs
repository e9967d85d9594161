using Azure.Core;
using Azure.Data.Tables;
using OrleansMcp.Cluster.Tests.Processes;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Hosting.Storage;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>An account of a table service for the tests of a class. Each test has names of its own in it.</summary>
public sealed class TableServer : IAsyncLifetime
{
    /// <summary>A client as a silo has it, but for its patience: tests share the service, and some of them write a lot.</summary>
    internal TableServiceClient Tables { get; private set; } = null!;

    /// <summary>How a process reaches it.</summary>
    internal string ConnectionString { get; private set; } = null!;

    /// <summary>A client as a silo has it, whose line the test holds.</summary>
    internal TableServiceClient Through(TableLine line)
    {
        var options = TableService.Options();
        options.AddPolicy(line, HttpPipelinePosition.BeforeTransport);
        return TableService.Create(new ServerSettings { Tables = new TableSettings(ConnectionString, null) }, options);
    }

    internal async Task<IReadOnlyList<TableEntity>> RowsAsync(string table, string? partition = null)
    {
        var filter = partition is null ? null : TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
        var rows = new List<TableEntity>();
        try
        {
            await foreach (var row in Tables.GetTableClient(table).QueryAsync<TableEntity>(filter))
            {
                rows.Add(row);
            }
        }
        catch (Azure.RequestFailedException e) when (e.Status == 404)
        {
            return [];
        }

        return rows;
    }

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await Azurite.NewAccountAsync();
        var options = TableService.Options();
        options.Retry.NetworkTimeout = Eventually.Deadline;
        Tables = TableService.Create(new ServerSettings { Tables = new TableSettings(ConnectionString, null) }, options);
    }

    public ValueTask DisposeAsync() => default;
}
