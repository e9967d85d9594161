using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.GrainDirectory;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using OrleansMcp.Grains.Cutoffs;
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

/// <summary>Registers session actors as Orleans grains.</summary>
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
    /// As <see cref="AddSessionGrains"/>, for a silo that is its whole cluster: Orleans' default grain directory is in its memory, and
    /// activations need no confirmation because no other silo can have one.
    /// </summary>
    internal static ISiloBuilder AddSoleSessionGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<LocalWay>(static provider => new(
            provider.GetRequiredService<ISiloStatusOracle>(), directory: null, provider.GetRequiredService<ILogger<LocalWay>>()));

        // Orleans allocates the full capacity of two caches at the start, by default 18 MB. Here all look-ups are local and need no cache.
        silo.Services.Configure<GrainDirectoryOptions>(static options => options.CacheSize = 1_000);
        return silo.AddActors();
    }

    /// <summary>Adds the session directory to a front end that is a client of the cluster.</summary>
    public static IClientBuilder AddSessionDirectory(this IClientBuilder client)
    {
        client.Services.AddSessionDirectory();
        client.Services.Configure<ClientMessagingOptions>(ConfigureMessaging);
        return client;
    }

    /// <summary>Creates the serializer for the grain storage of sessions.</summary>
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
        services.TryAddSingleton<LocalCutoffs>();
        services.TryAddSingleton<CutoffRound>();
        silo.AddGrainService<CutoffService>();
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
        // Orleans finds grains only in assemblies that the program's own assembly references or that happen to be loaded; this registers
        // ours in any case.
        services.AddSerializer(static serializer => serializer.AddAssembly(typeof(SessionGrain).Assembly));

        // Otherwise Orleans does not serialize exceptions of these namespaces without a codec of their own: the caller would get a codec
        // error in place of the exception.
        services.Configure<ExceptionSerializationOptions>(static options => options.SupportedNamespacePrefixes.Add("Orleans"));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISessionDirectory, ClusterSessionDirectory>();
        services.TryAddSingleton<ITenantDirectory, ClusterTenants>();
        services.TryAddSingleton<IRecordSpaceDirectory, ClusterRecordSpaces>();
    }

    private static void ConfigureMessaging(MessagingOptions options) => options.ResponseTimeout = SessionTimings.ResponseTimeout;
}
