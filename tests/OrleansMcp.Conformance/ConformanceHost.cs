using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Server;

namespace OrleansMcp.Conformance;

/// <summary>The real server, with the fixtures in place of its tools and an anonymous caller.</summary>
internal static class ConformanceHost
{
    public static WebApplication Build(ConformanceSettings settings, ServerConfiguration configuration)
    {
        var told = new ServerSettings { Urls = settings.Urls, DataFolder = settings.DataFolder };
        return ServerHost.Build(told, builder => Customise(builder, configuration), FixtureCatalogue.AddTo);
    }

    private static void Customise(WebApplicationBuilder builder, ServerConfiguration configuration)
    {
        builder.Logging.AddFilter("OrleansMcp", LogLevel.Warning); // what it prints says where it is, and no more
        builder.Services.Replace(ServiceDescriptor.Singleton<IConfigurationSource>(new FixedConfiguration(configuration)));
        builder.Services.Replace(ServiceDescriptor.Singleton<ICallerAuthenticator, AnonymousCaller>());
    }
}
