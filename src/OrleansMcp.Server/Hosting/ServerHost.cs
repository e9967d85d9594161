using Azure.Data.Tables;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orleans.Hosting;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Http;
using OrleansMcp.Http.Operators;
using OrleansMcp.Secrets.References;
using OrleansMcp.Server.Callers;
using OrleansMcp.Server.Demo;
using OrleansMcp.Server.Hosting;
using OrleansMcp.Server.Secrets;
using OrleansMcp.Server.Settings;
using OrleansMcp.Server.Storage;
using OrleansMcp.Server.Telemetry;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Server;

/// <summary>Composes a process, whatever its role.</summary>
internal static class ServerHost
{
    /// <summary>The server's name to clients and policies.</summary>
    public const string Name = "OrleansMcp";

    /// <summary>All of it fits into the 30 s that a container is given.</summary>
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(25);

    /// <summary>Builds the process; starting it begins to listen.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="customise">Changes the composition before it is built, for tests.</param>
    /// <param name="offer">Registers what is offered to clients in place of the demo.</param>
    /// <exception cref="ConfigurationException">The configuration file cannot be used.</exception>
    /// <exception cref="StartRefusedException">The process must not start as told.</exception>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    public static WebApplication Build(ServerSettings settings, Action<WebApplicationBuilder>? customise = null, Action<IMcpServerBuilder>? offer = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(settings.Urls); // no inherited variable decides where the process listens
        builder.WebHost.ConfigureKestrel((_, kestrel) => ConfigureKestrel(kestrel));
        builder.AddServerLogging(settings.LogsJson);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_shutdown);
        builder.AddTelemetry();
        builder.Services.AddHealthEndpoints();
        builder.Services.AddServerConfiguration(settings);
        builder.Services.AddSessionActors();
        Offer(builder.Services, offer);
        builder.AddEngine(settings);
        if (settings.IsGateway)
        {
            builder.Services.AddMcpFrontEnd();
            builder.Services.AddIdentityProviders();
        }

        builder.Services.AddShutdown(settings.Drain);
        customise?.Invoke(builder);

        var app = builder.Build();
        RefuseEarly(app.Services);
        app.MapHealthEndpoints();
        if (settings.IsGateway)
        {
            app.UseIdentityProviders();
            app.MapMcpEndpoint("/mcp");
            app.MapOperatorEndpoints();
        }

        return app;
    }

    private static void Offer(IServiceCollection services, Action<IMcpServerBuilder>? offer)
    {
        var server = services.AddMcpServer(static options => options.ServerInfo = new() { Name = Name, Version = "0.1.0" });
        if (offer is null)
        {
            server.WithDemo();
        }
        else
        {
            offer(server);
        }
    }

    private static void AddEngine(this WebApplicationBuilder builder, ServerSettings settings)
    {
        var (services, tables) = (builder.Services, settings.Tables is null ? null : TableService.Create(settings));
        services.AddStore(settings, tables);
        if (!settings.IsSilo)
        {
            services.AddSingleton<ClusterHealthCheck>();
            services.AddHealthChecks().AddCheck<ClusterHealthCheck>(ClusterHealthCheck.Name);
            builder.UseOrleansClient(client =>
            {
                ClusterSetup.Configure(client, settings, tables!);
                client.AddTelemetry();
            });
            return;
        }

        services.AddSingleton<ISecretSource>(_ => KeyVaultSecrets.Create(TableService.Credential(settings.ManagedIdentity)));
        services.AddHealthChecks().AddCheck<SiloHealthCheck>(SiloHealthCheck.Name);
        builder.UseOrleans(silo =>
        {
            ClusterSetup.Configure(silo, settings, tables);
            silo.AddSessionStore(settings, tables);
            silo.AddTelemetry();
        });
    }

    private static void AddShutdown(this IServiceCollection services, TimeSpan drain)
    {
        services.AddSingleton(provider => new Shutdown(
            drain, provider.GetService<Activations>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Shutdown>>()));
        services.AddSingleton<IDeparture>(provider => provider.GetRequiredService<Shutdown>());
        services.AddHealthChecks().AddCheck<Shutdown>(Shutdown.Name);
        services.AddHostedService(provider => provider.GetRequiredService<Shutdown>());
    }

    /// <summary>What cannot be used stops the start here: a configuration file, a tool that clients would refuse, a data folder.</summary>
    private static void RefuseEarly(IServiceProvider services)
    {
        _ = services.GetRequiredService<IConfigurationSource>();
        _ = services.GetRequiredService<Catalogue>();
        _ = services.GetRequiredService<SessionIdIssuer>();
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel) =>
        KestrelLimits.Apply(kestrel, kestrel.ApplicationServices.GetRequiredService<IConfigurationSource>().Current.Endpoint);
}
