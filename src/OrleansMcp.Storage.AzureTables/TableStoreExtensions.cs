using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Storage;
using OrleansMcp.Records.Log;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Chains;
using OrleansMcp.State;
using OrleansMcp.Storage.AzureTables.Audit;
using OrleansMcp.Storage.AzureTables.Records;
using OrleansMcp.Storage.AzureTables.Sessions;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.AzureTables;

/// <summary>Azure Tables as the store of a cluster.</summary>
public static class TableStoreExtensions
{
    /// <summary>
    /// Sessions and, through the same grain storage, ledgers; their registry; records. The audit is registered apart
    /// (<see cref="AddTableAudit"/>), because front ends write it too.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tables">The client of the table service.</param>
    /// <param name="serializer">How session state and ledgers are written.</param>
    public static ISiloBuilder AddTableStore(this ISiloBuilder silo, TableServiceClient tables, IGrainStorageSerializer serializer)
    {
        silo.AddAzureTableGrainStorage(SessionStorage.Name, options =>
        {
            options.TableServiceClient = tables;
            options.TableName = TableNames.Sessions;
            options.DeleteStateOnClear = true;
            options.GrainStorageSerializer = serializer;
        });
        silo.Services.AddSingleton<ISessionRegistry>(new TableSessionRegistry(tables));
        silo.Services.AddSingleton<IRecordStore>(new TableRecordStore(tables));
        return silo;
    }

    /// <summary>The audit, written and read. Takes the <see cref="TableServiceClient"/> from the services.</summary>
    public static IServiceCollection AddTableAudit(this IServiceCollection services)
    {
        services.AddSingleton<IAuditSink, TableAudit>();
        services.AddSingleton<IAuditReader, TableAuditReader>();
        return services;
    }

    /// <summary>The audit for commands: only read, also while processes write it.</summary>
    public static IAuditReader OpenAudit(TableServiceClient tables) => new TableAuditReader(tables);
}
