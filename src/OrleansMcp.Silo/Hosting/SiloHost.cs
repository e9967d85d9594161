using System.Security.Cryptography;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orleans.Hosting;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Http;
using OrleansMcp.Http.Operators;
using OrleansMcp.Secrets.References;
using OrleansMcp.Server.Demo;
using OrleansMcp.Server.Hosting;
using OrleansMcp.Server.Telemetry;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Silo.Callers;
using OrleansMcp.Silo.Secrets;
using OrleansMcp.Silo.Settings;
using OrleansMcp.Silo.Storage;
using OrleansMcp.Storage.AzureTables;
using OrleansMcp.ToolLogs;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Silo.Hosting;

/// <summary>Composes a process of the cluster.</summary>
internal static class SiloHost
{
    /// <summary>All of it fits into the 30 s that a container is given.</summary>
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(25);

    /// <summary>Builds the process; starting it joins the cluster and begins to listen.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="customise">Changes the composition before it is built, for tests.</param>
    /// <exception cref="ConfigurationException">The configuration file cannot be used.</exception>
    /// <exception cref="StartRefusedException">The process must not start as told.</exception>
    public static WebApplication Build(SiloSettings settings, Action<WebApplicationBuilder>? customise = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel((_, kestrel) => ConfigureKestrel(kestrel));
        builder.AddServerLogging(settings.LogsJson);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_shutdown);
        builder.Services.AddTelemetry();
        builder.Services.AddClusterConfiguration(settings);
        builder.Services.AddSessionActors(AddDemo);
        builder.Services.AddSingleton(_ => new SessionIdIssuer(KeysOf(settings)));
        if (settings.IsSilo)
        {
            builder.Services.AddSingleton<ISecretSource>(_ => KeyVaultSecrets.Create(TableService.Credential(settings.Tables?.ManagedIdentityClientId)));
        }

        builder.AddCluster(settings);
        if (settings.IsGateway)
        {
            builder.Services.AddMcpFrontEnd();
            builder.Services.AddIdentityProviders();
            builder.Services.AddSingleton<IReadinessProbe, ClusterProbe>();
        }

        builder.Services.AddShutdown(settings.Drain);
        customise?.Invoke(builder);

        var app = builder.Build();
        _ = app.Services.GetRequiredService<IConfigurationSource>(); // a file that cannot be used stops the start here
        _ = app.Services.GetRequiredService<Tools.Catalogue>(); // and so does a tool that clients would refuse
        app.MapHealthEndpoints();
        if (settings.IsGateway)
        {
            app.UseIdentityProviders();
            app.MapMcpEndpoint("/mcp");
            app.MapOperatorEndpoints();
        }

        return app;
    }

    private static void AddDemo(Tools.CatalogueBuilder catalogue) => catalogue
        .ServerInfo("OrleansMcp", "0.1.0")
        .AddTools<DemoTools>()
        .AddTools<SecretTools>()
        .AddRecords()
        .AddTools<CacheTools>()
        .AddToolLog()
        .AddResources<DemoResources>()
        .AddPrompts<DemoPrompts>();

    private static void AddCluster(this WebApplicationBuilder builder, SiloSettings settings)
    {
        var tables = settings.Tables is { } service ? TableService.Create(service) : null;
        if (tables is not null)
        {
            builder.Services.AddSingleton(tables);
            builder.Services.AddTableAudit();
            builder.Services.AddHostedService<StorageAtHand>();
        }
        else
        {
            builder.Services.AddSingleton<IAuditSink, LogAudit>();
        }

        if (settings.IsSilo)
        {
            builder.UseOrleans(silo => ClusterSetup.Configure(silo, settings, tables));
        }
        else
        {
            builder.UseOrleansClient(client => ClusterSetup.Configure(client, settings, tables!));
        }
    }

    private static void AddShutdown(this IServiceCollection services, TimeSpan drain)
    {
        services.AddSingleton(provider => new Shutdown(
            drain, provider.GetService<Activations>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Shutdown>>()));
        services.AddSingleton<IDeparture>(provider => provider.GetRequiredService<Shutdown>());
        services.AddSingleton<IReadinessProbe>(provider => provider.GetRequiredService<Shutdown>());
        services.AddHostedService(provider => provider.GetRequiredService<Shutdown>());
    }

    private static IReadOnlyList<byte[]> KeysOf(SiloSettings settings) =>
        settings.SessionIdKeys.Count > 0 ? settings.SessionIdKeys : [RandomNumberGenerator.GetBytes(32)];

    private static void ConfigureKestrel(KestrelServerOptions kestrel) =>
        KestrelLimits.Apply(kestrel, kestrel.ApplicationServices.GetRequiredService<IConfigurationSource>().Current.Endpoint);

    private static void AddClusterConfiguration(this IServiceCollection services, SiloSettings settings)
    {
        string? Objection(ServerConfiguration configuration) =>
            settings.IsGateway && DemoConfiguration.HasDemoKeys(configuration) && ListenAddress.FirstOpen(settings.Urls) is { } open
                ? $"Demo keys are published and work on loopback only; this gateway is to listen on {open}. Configure keys of your own."
                : null;

        services.AddSingleton<IConfigurationSource>(provider =>
        {
            if (settings.ConfigFile is { } file)
            {
                Refuse(Objection(ConfigurationFile.Load(file)));
                return new ReloadingConfiguration(
                    file, Objection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ReloadingConfiguration>>());
            }

            var demo = DemoConfiguration.Load();
            Refuse(Objection(demo));
            return new FixedConfiguration(demo);
        });
    }

    private static void Refuse(string? objection)
    {
        if (objection is not null)
        {
            throw new StartRefusedException(objection);
        }
    }
}
