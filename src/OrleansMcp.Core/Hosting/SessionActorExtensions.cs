using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Records;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tools;

namespace OrleansMcp.Hosting;

/// <summary>Registers the session actors. An engine adds the directory, the store and the tenants.</summary>
public static class SessionActorExtensions
{
    /// <summary>Adds the session actors and what they offer.</summary>
    public static IServiceCollection AddSessionActors(this IServiceCollection services, Action<CatalogueBuilder> catalogue)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => BuildCatalogue(provider, catalogue));
        services.TryAddSingleton<SessionMetrics>();
        services.TryAddSingleton<AttemptThrottle>();
        services.TryAddSingleton<IAttempts>(provider => provider.GetRequiredService<AttemptThrottle>());
        services.TryAddSingleton<DenialWatch>();
        services.TryAddSingleton<ISignals, SignalRecorder>();
        services.TryAddSingleton<InterferenceDetector>();
        services.TryAddSingleton<SessionFactory>();
        services.TryAddSingleton<RecordHost>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretSource, FileSecrets>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretSource, EnvironmentSecrets>());
        return services;
    }

    private static Catalogue BuildCatalogue(IServiceProvider provider, Action<CatalogueBuilder> configure)
    {
        var builder = new CatalogueBuilder(provider);
        configure(builder);
        foreach (var more in provider.GetServices<IConfigureCatalogue>())
        {
            more.Configure(builder);
        }

        return builder.Build();
    }
}
