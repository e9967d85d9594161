using Azure.Data.Tables;
using Orleans.Hosting;
using OrleansMcp.Grains.Hosting;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Hosting.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Storage.AzureTables;
using OrleansMcp.Storage.Sqlite;

namespace OrleansMcp.Hosting;

/// <summary>Where a process keeps what is durable: sessions, ledgers, records, the audit, and the keys of session ids.</summary>
internal static class StoreSetup
{
    /// <summary>The parts that every role needs.</summary>
    public static void AddStore(this IServiceCollection services, ServerSettings settings, TableServiceClient? tables)
    {
        services.AddSingleton<ProcessFault>();
        if (tables is not null)
        {
            services.AddSingleton(tables);
        }

        if (settings.Store == StoreKind.Sqlite)
        {
            services.AddSqliteStore(provider => new SqliteStoreOptions(settings.DataFolder) { Damaged = damage => provider.GetRequiredService<ProcessFault>().Stop(damage.Message) });
            return;
        }

        services.AddSingleton(_ => new SessionIdIssuer(settings.SessionIdKeys));
        if (settings.Store == StoreKind.Tables)
        {
            services.AddTables(settings, tables!);
        }
    }

    /// <summary>The parts that hold sessions and what belongs to tenants.</summary>
    public static void AddSessionStore(this ISiloBuilder silo, ServerSettings settings, TableServiceClient? tables)
    {
        if (settings.Store == StoreKind.Tables)
        {
            silo.AddTableStore(tables!, SessionClusterExtensions.CreateStorageSerializer());
        }
    }

    private static void AddTables(this IServiceCollection services, ServerSettings settings, TableServiceClient tables)
    {
        services.AddTableFormatCheck(tables); // before the others: it waits for the storage
        if (!settings.IsClustered)
        {
            services.AddServingLease(tables, settings.ServiceId, static (provider, reason) => provider.GetRequiredService<ProcessFault>().Note(reason));
        }

        services.AddTableAudit();
    }
}
