using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Records;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Hosting;

/// <summary>Session actors in Orleans grains.</summary>
public static class SessionClusterExtensions
{
    /// <summary>
    /// Makes the silo a home of session actors. The host adds clustering, the session actors themselves (<c>AddSessionActors</c>), and a
    /// store: a grain storage named <see cref="SessionStorage.Name"/>, an <see cref="ISessionRegistry"/> and an <see cref="IRecordStore"/>.
    /// </summary>
    public static ISiloBuilder AddSessionGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<LocalWay>(static provider => new(
            provider.GetRequiredService<ISiloStatusOracle>(),
            provider.GetRequiredKeyedService<IGrainDirectory>(GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY),
            provider.GetRequiredService<ILogger<LocalWay>>()));
        return silo.AddActors().UseSessionGrainDirectory();
    }

    /// <summary>
    /// The same in a silo that is its whole cluster: Orleans' own directory is one part in its memory there, and nothing confirms what
    /// nobody else can hold.
    /// </summary>
    internal static ISiloBuilder AddSoleSessionGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<LocalWay>(static provider => new(
            provider.GetRequiredService<ISiloStatusOracle>(), directory: null, provider.GetRequiredService<ILogger<LocalWay>>()));

        // Orleans keeps two tables as large as their caches may grow, which is 18 MB by default, for what is looked up in this memory at once.
        silo.Services.Configure<GrainDirectoryOptions>(static options => options.CacheSize = 1_000);
        return silo.AddActors();
    }

    /// <summary>Lets a front end find sessions in the cluster it is a client of.</summary>
    public static IClientBuilder AddSessionDirectory(this IClientBuilder client)
    {
        client.Services.AddSessionDirectory();
        client.Services.Configure<ClientMessagingOptions>(ConfigureMessaging);
        return client;
    }

    /// <summary>How the grain storage of sessions writes them.</summary>
    public static IGrainStorageSerializer CreateStorageSerializer() => new StoredSessionSerializer();

    private static ISiloBuilder AddActors(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddSessionDirectory();
        services.TryAddKeyedSingleton<IGrainStorageSerializer, StoredSessionSerializer>(SessionStorage.Name);
        services.TryAddSingleton<ILedgerStore, GrainLedgerStore>();
        services.TryAddSingleton<StoppedTenants>();
        services.TryAddSingleton<Activations>();
        services.TryAddSingleton<LocalSessions>();
        services.TryAddSingleton<LocalTenants>();
        services.AddSingleton<PassivationService>();
        services.AddHostedService(provider => provider.GetRequiredService<PassivationService>());
        services.AddSingleton<ExpiryService>();
        services.AddHostedService(provider => provider.GetRequiredService<ExpiryService>());
        services.AddHostedService<ToolLogDrain>();
        services.Configure<SiloMessagingOptions>(ConfigureMessaging);
        services.Configure<GrainCollectionOptions>(static options => options.DeactivationTimeout = TimeSpan.FromSeconds(10));
        return silo;
    }

    private static void AddSessionDirectory(this IServiceCollection services)
    {
        // Orleans looks for grains in what the program's own assembly names, and in what is loaded by chance. This does not depend on either.
        services.AddSerializer(static serializer => serializer.AddAssembly(typeof(SessionGrain).Assembly));

        // Otherwise Orleans writes no exception of these namespaces that has no codec of its own: the caller would be told of the missing codec, and not of its tenant or its store.
        services.Configure<ExceptionSerializationOptions>(static options => options.SupportedNamespacePrefixes.Add("Orleans"));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISessionDirectory, ClusterSessionDirectory>();
        services.TryAddSingleton<ITenantDirectory, ClusterTenants>();
        services.TryAddSingleton<IRecordSpaceDirectory, ClusterRecordSpaces>();
    }

    private static void ConfigureMessaging(MessagingOptions options) => options.ResponseTimeout = SessionTimings.ResponseTimeout;
}
