using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Embedded.Audit;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Embedded.Keys;
using OrleansMcp.Embedded.Records;
using OrleansMcp.Embedded.Sessions;
using OrleansMcp.Embedded.Tenants;
using OrleansMcp.Hosting;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.State;
using OrleansMcp.Tenants;

namespace OrleansMcp.Embedded;

/// <summary>Engine 1: session actors in this process, their state in files.</summary>
public static class EmbeddedEngineExtensions
{
    /// <summary>Registers the engine. The folder is created, locked and read when the host is built and started.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="dataFolder">Where state is kept; one server at a time may use it.</param>
    public static IServiceCollection AddEmbeddedEngine(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Disk>();
        services.AddSingleton(_ => DataFolder.Open(dataFolder));
        services.AddSingleton<WriteQueue>();
        services.AddSingleton<FileSessionStore>();
        services.AddSingleton<ISessionStore>(provider => provider.GetRequiredService<FileSessionStore>());
        services.AddSessionIdKeys();
        services.AddSingleton<ILedgerStore, FileLedgerStore>();
        services.AddSingleton<IRecordStore, FileRecordStore>();
        services.AddSingleton<IRecordSpaceDirectory, EmbeddedRecordSpaces>();
        services.AddSingleton<EmbeddedTenants>();
        services.AddSingleton<ITenantDirectory>(provider => provider.GetRequiredService<EmbeddedTenants>());
        services.AddSingleton<EmbeddedSessionDirectory>();
        services.AddSingleton<ISessionDirectory>(provider => provider.GetRequiredService<EmbeddedSessionDirectory>());
        services.AddSingleton<Sleepers>();
        services.AddSingleton<IAuditSink, FileAudit>();
        services.AddSingleton<IReadinessProbe, DataFolderProbe>();

        services.AddHostedService<Recovery>();
        services.AddHostedService<SessionIdKeyWatch>();
        services.AddSingleton<Sweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Sweeper>());
        return services;
    }

    private static void AddSessionIdKeys(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
            new SessionIdKeyFile(provider.GetRequiredService<DataFolder>().Root, provider.GetRequiredService<Disk>()));
        services.AddSingleton(provider => new SessionIdIssuer(provider.GetRequiredService<SessionIdKeyFile>().ReadOrCreate().Keys));
    }
}
