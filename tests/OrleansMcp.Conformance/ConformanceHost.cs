using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Configuration;
using OrleansMcp.Embedded;
using OrleansMcp.Hosting;
using OrleansMcp.Http;
using OrleansMcp.Http.Callers;

namespace OrleansMcp.Conformance;

/// <summary>The real front end, session actors and embedded engine, with the fixtures and an anonymous caller.</summary>
internal static class ConformanceHost
{
    public static WebApplication Build(ConformanceSettings settings, ServerConfiguration configuration)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(kestrel => KestrelLimits.Apply(kestrel, configuration.Endpoint));

        builder.Services.AddSingleton<IConfigurationSource>(new FixedConfiguration(configuration));
        builder.Services.AddSessionActors(FixtureCatalogue.Fill);
        builder.Services.AddEmbeddedEngine(settings.DataFolder);
        builder.Services.AddMcpFrontEnd();
        builder.Services.Replace(ServiceDescriptor.Singleton<ICallerAuthenticator, AnonymousCaller>());

        var app = builder.Build();
        app.MapMcpEndpoint("/mcp");
        app.MapHealthEndpoints();
        return app;
    }
}
