using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables.Audit;
using OrleansMcp.Storage.AzureTables.Formats;
using OrleansMcp.Storage.AzureTables.Leases;
using OrleansMcp.Storage.AzureTables.Records;
using OrleansMcp.Storage.AzureTables.Sessions;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.AzureTables;

/// <summary>Azure Tables as the store of a cluster.</summary>
public static class TableStoreExtensions
{
    /// <summary>The grain storage behind <see cref="LateInsertGuard"/>.</summary>
    private const string Rows = SessionStorage.Name + "-rows";

    /// <summary>
    /// Sessions and, through the same grain storage, ledgers; their registry; records. The audit is registered apart
    /// (<see cref="AddTableAudit"/>), because front ends write it too. The format of the tables is checked at the start
    /// (<see cref="AddTableFormatCheck"/>).
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tables">The client of the table service.</param>
    /// <param name="serializer">How session state and ledgers are written.</param>
    public static ISiloBuilder AddTableStore(this ISiloBuilder silo, TableServiceClient tables, IGrainStorageSerializer serializer)
    {
        silo.Services.AddTableFormatCheck(tables);
        silo.AddAzureTableGrainStorage(Rows, options =>
        {
            options.TableServiceClient = tables;
            options.TableName = TableNames.Sessions;
            options.DeleteStateOnClear = true;
            options.GrainStorageSerializer = serializer;
        });
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(static provider => new LateInsertGuard(
            provider.GetRequiredKeyedService<IGrainStorage>(Rows), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LateInsertGuard>>()));
        silo.Services.AddHostedService(static provider => provider.GetRequiredService<LateInsertGuard>());
        silo.Services.AddKeyedSingleton<IGrainStorage>(SessionStorage.Name, static (provider, _) => provider.GetRequiredService<LateInsertGuard>());
        silo.Services.AddSingleton<ISessionRegistry>(new TableSessionRegistry(tables));
        silo.Services.AddSingleton<IRecordStore>(new TableRecordStore(tables));
        return silo;
    }

    /// <summary>
    /// Lets the process start on tables of this version's format only, before it joins a cluster or serves anything. For processes without
    /// <see cref="AddTableStore"/>, as front ends are. Checked once, however often it is added; after what was added before it.
    /// </summary>
    public static IServiceCollection AddTableFormatCheck(this IServiceCollection services, TableServiceClient tables)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TableFormatCheck>(provider =>
            new TableFormatCheck(tables, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TableFormatCheck>>())));
        return services;
    }

    /// <summary>
    /// Lets the process start only when it is the only one of its service on the tables, and stops it when it is not any more. For a process
    /// without clustering. Added before what serves: then it is released after all of that has stopped.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="tables">The client of the table service.</param>
    /// <param name="serviceId">Whose state it is.</param>
    /// <param name="lost">Told, as a sentence, why the lease is lost, before the process is stopped.</param>
    public static IServiceCollection AddServingLease(
        this IServiceCollection services, TableServiceClient tables, string serviceId, Action<IServiceProvider, string>? lost = null)
    {
        services.AddTableFormatCheck(tables);
        services.AddSingleton(provider => new ServingLease(
            tables, serviceId, provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ServingLease>>()) { Lost = reason => lost?.Invoke(provider, reason) });
        services.AddHostedService(static provider => provider.GetRequiredService<ServingLease>());
        services.AddHealthChecks().AddCheck<ServingLease>(ServingLease.Name);
        return services;
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
