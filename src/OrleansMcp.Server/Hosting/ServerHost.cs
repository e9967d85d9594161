using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansMcp.Configuration;
using OrleansMcp.Embedded;
using OrleansMcp.Hosting;
using OrleansMcp.Http;
using OrleansMcp.Http.Operators;
using OrleansMcp.Server.Demo;
using OrleansMcp.Server.Hosting;
using OrleansMcp.Server.Telemetry;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Server;

/// <summary>Composes the embedded server.</summary>
internal static class ServerHost
{
    /// <summary>The server's name to clients and policies.</summary>
    public const string Name = "OrleansMcp";

    /// <summary>Builds the server; starting it begins to listen.</summary>
    /// <param name="settings">What the command line says.</param>
    /// <param name="customise">Changes the composition before it is built, for tests.</param>
    /// <exception cref="ConfigurationException">The configuration cannot be used.</exception>
    /// <exception cref="StartRefusedException">The server must not start as told.</exception>
    public static WebApplication Build(ServerSettings settings, Action<WebApplicationBuilder>? customise = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var services = builder.Services;

        // Only what this command line says decides where the server listens: an inherited environment variable must not.
        builder.WebHost.UseUrls(settings.ListenUrls);
        builder.WebHost.ConfigureKestrel((_, kestrel) => ConfigureKestrel(kestrel));

        builder.AddServerLogging();
        services.AddTelemetry();
        services.AddServerConfiguration(settings);
        services.AddSessionActors(catalogue => catalogue
            .ServerInfo(Name, "0.1.0")
            .AddTools<DemoTools>()
            .AddTools<SecretTools>()
            .AddRecords()
            .AddTools<CacheTools>()
            .AddToolLog()
            .AddResources<DemoResources>()
            .AddPrompts<DemoPrompts>());
        services.AddEmbeddedEngine(settings.Data);
        services.AddMcpFrontEnd();
        customise?.Invoke(builder);

        var app = builder.Build();
        _ = app.Services.GetRequiredService<IConfigurationSource>(); // a file that cannot be used stops the start here
        _ = app.Services.GetRequiredService<Catalogue>(); // and so does a tool that clients would refuse
        app.MapMcpEndpoint("/mcp");
        app.MapOperatorEndpoints();
        app.MapHealthEndpoints();
        return app;
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel) =>
        KestrelLimits.Apply(kestrel, kestrel.ApplicationServices.GetRequiredService<IConfigurationSource>().Current.Endpoint);

    private static void AddServerConfiguration(this IServiceCollection services, ServerSettings settings)
    {
        string? Objection(ServerConfiguration configuration) =>
            DemoConfiguration.HasDemoKeys(configuration) && ListenAddress.FirstOpen(settings.ListenUrls) is { } open
                ? $"Demo keys are published and work on loopback only; this server is to listen on {open}. Configure keys of your own ('keys new')."
                : VaultReference(configuration) is { } reference
                ? $"{reference}: Key Vault is read by the silos of a cluster; this server reads secrets from env and file."
                : null;

        services.AddSingleton<IConfigurationSource>(provider =>
        {
            if (settings.ConfigFile is { } file)
            {
                // Checked by itself first, so that the refusal to start is told from a mistake in the file.
                Refuse(Objection(ConfigurationFile.Load(file)));
                return new ReloadingConfiguration(
                    file, Objection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ReloadingConfiguration>>());
            }

            var demo = DemoConfiguration.Load();
            Refuse(Objection(demo));
            return new FixedConfiguration(demo);
        });
    }

    private static string? VaultReference(ServerConfiguration configuration) => (
        from tenant in configuration.Tenants.Values
        from client in tenant.Clients.Values
        from secret in client.Secrets
        where secret.Value.Source == "keyVault"
        select $"tenants.{tenant.Id}.clients.{client.Id}.secrets.{secret.Key}").FirstOrDefault();

    private static void Refuse(string? objection)
    {
        if (objection is not null)
        {
            throw new StartRefusedException(objection);
        }
    }
}
