using Azure.Core;
using Azure.Data.Tables;
using OrleansMcp.Tests.Processes;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>A table service for the tests of a class, which empty it before each.</summary>
public sealed class EmptyTables : IAsyncLifetime
{
    private Azurite _azurite = null!;

    public TableServiceClient Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        Service = new TableServiceClient(_azurite.ConnectionString);
    }

    public async Task EmptyAsync()
    {
        await foreach (var table in Service.QueryAsync())
        {
            await Service.DeleteTableAsync(table.Name);
        }
    }

    /// <summary>A client whose line the test holds, and which tries nothing twice by itself.</summary>
    internal TableServiceClient Through(CutLine line)
    {
        var options = new TableClientOptions();
        options.Retry.MaxRetries = 0;
        options.AddPolicy(line, HttpPipelinePosition.BeforeTransport);
        return new TableServiceClient(_azurite.ConnectionString, options);
    }

    public async Task<List<TableEntity>> RowsAsync(string table)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in Service.GetTableClient(table).QueryAsync<TableEntity>())
        {
            rows.Add(row);
        }

        return rows;
    }

    public async Task AddAsync(string table, TableEntity row)
    {
        await Service.CreateTableIfNotExistsAsync(table);
        await Service.GetTableClient(table).AddEntityAsync(row);
    }

    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? default;
}
