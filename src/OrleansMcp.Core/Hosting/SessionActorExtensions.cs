using OrleansMcp.Cutoffs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;
using OrleansMcp.Memory;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tenants;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Hosting;

/// <summary>Registers the session actors. An engine adds the directory, the store and the tenants.</summary>
public static class SessionActorExtensions
{
    /// <summary>
    /// Adds the session actors. What they offer is registered with the SDK's own builder: <c>services.AddMcpServer().WithTools...</c>.
    /// </summary>
    public static IServiceCollection AddSessionActors(this IServiceCollection services)
    {
        services.AddMcpServer();
        services.AddOptions<ListCaching>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => new Catalogue(
            provider.GetRequiredService<IOptions<McpServerOptions>>().Value, provider.GetRequiredService<IOptions<ListCaching>>().Value));
        services.TryAddScoped<ISessionContext>(static _ => throw OfCall(nameof(ISessionContext)));
        services.TryAddScoped<IRecords>(static _ => throw OfCall(nameof(IRecords)));
        services.TryAddScoped<IToolLog>(static _ => throw OfCall(nameof(IToolLog)));
        services.TryAddSingleton<HeldMemory>();
        services.TryAddSingleton<CutoffTable>();
        services.TryAddSingleton<ParseTurns>();
        services.AddHostedService<HeapTrimmer>();
        services.TryAddSingleton<SessionMetrics>();
        services.TryAddSingleton<TenantMetrics>();
        services.TryAddSingleton<AttemptThrottle>();
        services.TryAddSingleton<IAttempts>(provider => provider.GetRequiredService<AttemptThrottle>());
        services.TryAddSingleton<DenialWatch>();
        services.TryAddSingleton<ISignals, SignalRecorder>();
        services.TryAddSingleton<InterferenceDetector>();
        services.TryAddSingleton<IUpstreamConnector, NoConnector>();
        services.TryAddSingleton<SessionFactory>();
        services.TryAddSingleton<RecordHost>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretSource, FileSecrets>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretSource, EnvironmentSecrets>());
        return services;
    }

    /// <summary>The SDK leaves what is registered out of a tool's schema. The instances come from the call that runs.</summary>
    private static InvalidOperationException OfCall(string service) =>
        new($"{service} belongs to a call: take it as a parameter of a tool, prompt or resource, or of the class that declares it.");
}
