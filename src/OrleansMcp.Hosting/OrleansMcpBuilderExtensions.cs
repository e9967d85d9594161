using Azure.Data.Tables;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using Orleans.Hosting;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Hosting.Callers;
using OrleansMcp.Hosting.Secrets;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Hosting.Storage;
using OrleansMcp.Hosting.Telemetry;
using OrleansMcp.Http;
using OrleansMcp.Http.Operators;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;
using OrleansMcp.Upstream;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Makes a web application an MCP server in which every client session is one Orleans grain.</summary>
public static class OrleansMcpBuilderExtensions
{
    /// <summary>All of it fits into the 30 s that a container is given.</summary>
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Adds the engine, its stores and the front end. What is offered to clients is registered with the SDK's own builder:
    /// <c>builder.Services.AddMcpServer().WithToolsFromAssembly()</c>.
    /// </summary>
    /// <remarks>
    /// The settings are those of the program: environment variables <c>ORLEANSMCP_…</c>, or the section <c>OrleansMcp</c> of the application's
    /// configuration (<c>"OrleansMcp": { "data": … }</c>), which the variables override. Without a setting for the addresses the application's own (<c>--urls</c>,
    /// <c>ASPNETCORE_URLS</c>) count. Orleans logs from Warning on, unless the application's logging names a level for it.
    /// </remarks>
    /// <exception cref="SettingsException">The settings cannot be used; the message names each that is wrong.</exception>
    public static WebApplicationBuilder AddOrleansMcp(this WebApplicationBuilder builder) =>
        builder.AddOrleansMcp(SettingsReader.Read(builder.Configuration));

    /// <summary>Serves MCP, operators' requests, and health checks. Refuses what could not be served, before anything listens.</summary>
    /// <param name="app">The application, made by a builder with <see cref="AddOrleansMcp(WebApplicationBuilder)"/>.</param>
    /// <param name="path">Where MCP is served.</param>
    /// <exception cref="ConfigurationException">The configuration file cannot be used.</exception>
    /// <exception cref="StartRefusedException">The process must not start as told.</exception>
    /// <exception cref="ToolNameException">A tool has a name that clients refuse.</exception>
    /// <exception cref="McpOptionException">An option of the SDK is set that sessions cannot honour.</exception>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    public static WebApplication MapOrleansMcp(this WebApplication app, string path = "/mcp")
    {
        UnsupportedServices.Refuse(app.Services);
        ApplicationStore.Require(app.Services);
        _ = app.Services.GetRequiredService<IConfigurationSource>();
        _ = app.Services.GetRequiredService<Catalogue>();
        _ = app.Services.GetRequiredService<SessionIdIssuer>();
        app.MapHealthEndpoints();
        if (app.Services.GetRequiredService<ServerSettings>().IsGateway)
        {
            app.UseIdentityProviders();
            app.MapMcpEndpoint(path);
            app.MapOperatorEndpoints();
        }

        return app;
    }

    /// <summary>The same for settings that were read already.</summary>
    internal static WebApplicationBuilder AddOrleansMcp(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(static (_, kestrel) => KestrelLimits.Apply(kestrel));
        var services = builder.Services;
        services.Configure<SocketTransportOptions>(KestrelLimits.Apply);
        services.Configure<HostOptions>(static options => options.ShutdownTimeout = s_shutdown);
        services.AddSingleton(settings);
        services.AddSingleton(new RegisteredServices(services));
        services.AddOrleansLogLevel();
        services.AddTelemetry();
        services.AddHealthEndpoints();
        services.AddServerConfiguration(settings);
        services.AddSessionActors();
        services.AddUpstreamServers();
        builder.AddEngine(settings);
        if (settings.IsGateway)
        {
            services.AddIdentityProviders();
            services.AddMcpFrontEnd();
        }

        services.AddShutdown(settings.Drain);
        return builder;
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
        services.AddSingleton<IDrain>(provider => provider.GetRequiredService<Shutdown>());
        services.AddHealthChecks().AddCheck<Shutdown>(Shutdown.Name);
        services.AddHostedService(provider => provider.GetRequiredService<Shutdown>());
    }
}
