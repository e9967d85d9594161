using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Hosting;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Server.Demo;
using OrleansMcp.Server.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Server;

/// <summary>The program as a server: composed with <c>AddOrleansMcp</c> like any application, with its own log format, its exports and the demo's tools.</summary>
internal static class ServerHost
{
    /// <summary>The server's name to clients and policies.</summary>
    public const string Name = "OrleansMcp";

    /// <summary>The program's version.</summary>
    public const string Version = "0.1.0";

    /// <summary>Builds the process; starting it begins to listen.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="customise">Changes the composition before it is built, for tests.</param>
    /// <param name="offer">Registers what is offered to clients in place of the demo.</param>
    /// <exception cref="ConfigurationException">The configuration file cannot be used.</exception>
    /// <exception cref="OrleansMcp.Hosting.StartRefusedException">The process must not start as told.</exception>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    public static WebApplication Build(ServerSettings settings, Action<WebApplicationBuilder>? customise = null, Action<IMcpServerBuilder>? offer = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddServerLogging(settings.LogsJson);
        builder.AddTelemetryExport();
        builder.AddOrleansMcp(settings);
        Offer(builder.Services, offer ?? (static server => server.WithDemo()));
        customise?.Invoke(builder);
        return builder.Build().MapOrleansMcp().MapStartPage(settings);
    }

    /// <summary>The names of what the program offers, for commands that judge files and serve nothing.</summary>
    public static OfferedNames Names()
    {
        var services = new ServiceCollection();
        services.AddSessionActors();
        Offer(services, static server => server.WithDemo());
        using var provider = services.BuildServiceProvider();
        return OfferedNames.Of(provider.GetRequiredService<Catalogue>());
    }

    private static void Offer(IServiceCollection services, Action<IMcpServerBuilder> offer) =>
        offer(services.AddMcpServer(static options => options.ServerInfo = new() { Name = Name, Version = Version }));
}
