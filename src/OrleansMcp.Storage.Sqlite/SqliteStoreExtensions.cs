using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Quotas;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite.Audit;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Storage.Sqlite.Keys;
using OrleansMcp.Storage.Sqlite.Ledgers;
using OrleansMcp.Storage.Sqlite.Records;
using OrleansMcp.Storage.Sqlite.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.Sqlite;

/// <summary>SQLite as the store of a process by itself.</summary>
public static class SqliteStoreExtensions
{
    /// <summary>
    /// Everything durable in one database: sessions and their registry, ledgers, records, the audit, and the keys that sign session ids. The
    /// folder is made, locked and checked when the first of them is asked for.
    /// </summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, SqliteStoreOptions options) => services.AddSqliteStore(_ => options);

    /// <inheritdoc cref="AddSqliteStore(IServiceCollection, SqliteStoreOptions)"/>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, Func<IServiceProvider, SqliteStoreOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => StoreDatabase.Open(options(provider)));
        services.AddSingleton(static provider => provider.GetRequiredService<StoreDatabase>().Readers);
        services.AddKeyedSingleton<IGrainStorage, SqliteGrainStorage>(SessionStorage.Name);
        services.AddSingleton<ISessionRegistry, SqliteSessionRegistry>();
        services.AddSingleton<ILedgerStore, SqliteLedgerStore>();
        services.AddSingleton<IRecordStore, SqliteRecordStore>();
        services.AddSingleton<AuditWriter>();
        services.AddSingleton<IAuditSink, SqliteAudit>();
        services.AddSingleton<IAuditReader, SqliteAuditReader>();
        services.AddSingleton<StoreHealthCheck>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>(StoreHealthCheck.Name);
        return services.AddSessionIdKeys();
    }

    private static IServiceCollection AddSessionIdKeys(this IServiceCollection services)
    {
        services.AddSingleton<ISessionIdKeyRing>(static provider =>
        {
            var database = provider.GetRequiredService<StoreDatabase>();
            return new SqliteSessionIdKeyRing(database.File, database.Readers);
        });
        services.AddSingleton(static provider => new SessionIdIssuer(provider.GetRequiredService<ISessionIdKeyRing>().ReadOrCreate().Keys));
        services.AddHostedService<SessionIdKeyWatch>();
        return services;
    }
}
