using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Hosting;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Grains.Hosting;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Quotas;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables;
using OrleansMcp.Storage.AzureTables.Audit;
using OrleansMcp.Storage.AzureTables.Records;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Storage.Tests.Contracts;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Processes;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>Azure Tables, emulated, as a silo has them: the grain storage is created and initialised by one.</summary>
public sealed class TableStore : StoreUnderTest
{
    private Azurite _azurite = null!;
    private TableServiceClient _tables = null!;
    private IHost _silo = null!;

    public override IGrainStorage Sessions => _silo.Services.GetRequiredKeyedService<IGrainStorage>(SessionStorage.Name);

    public override ISessionRegistry Registry => _silo.Services.GetRequiredService<ISessionRegistry>();

    public override ILedgerStore Ledgers => new GrainLedgerStore(Sessions);

    public override IRecordStore Records => _silo.Services.GetRequiredService<IRecordStore>();

    public override IAuditReader AuditReader => new TableAuditReader(_tables);

    public override IAuditSink OpenAudit() => new TableAudit(_tables, TimeProvider.System, NullLogger<TableAudit>.Instance);

    public override Task DamageLedgerAsync(string tenant) =>
        ChangeAsync(TableNames.Sessions, row => row.PartitionKey.Contains(tenant, StringComparison.Ordinal), row => row["Data"] = new byte[] { 0, 0 });

    public override Task DamageRecordAsync(string space, string key) =>
        ChangeAsync(TableNames.Records, row => row.GetString("Key") == key && row.PartitionKey == TableKey.Of(space), row => row["Value"] = new byte[] { 0 });

    public override async Task CutAuditAsync(string tenant)
    {
        var rows = await RowsAsync(TableNames.Audit, row => row.PartitionKey == TableKey.Of(tenant) && !AuditRow.IsHead(row));
        await Table(TableNames.Audit).DeleteEntityAsync(rows.MaxBy(AuditRow.Sequence));
    }

    public override async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        _tables = new TableServiceClient(_azurite.ConnectionString);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Next(), FreePort.Next())
            .AddTableStore(_tables, SessionClusterExtensions.CreateStorageSerializer()));
        _silo = builder.Build();
        await _silo.StartAsync().InTime("a silo started");
    }

    public override async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.StopAsync();
            _silo.Dispose();
        }

        await (_azurite?.DisposeAsync() ?? default);
    }

    internal TableClient Table(string name) => _tables.GetTableClient(name);

    private async Task ChangeAsync(string table, Func<TableEntity, bool> which, Action<TableEntity> change)
    {
        var row = Assert.Single(await RowsAsync(table, which));
        change(row);
        await Table(table).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
    }

    internal async Task<List<TableEntity>> RowsAsync(string table, Func<TableEntity, bool> which)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in Table(table).QueryAsync<TableEntity>())
        {
            if (which(row))
            {
                rows.Add(row);
            }
        }

        return rows;
    }
}
