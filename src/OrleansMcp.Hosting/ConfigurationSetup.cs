using OrleansMcp.Configuration;
using OrleansMcp.Hosting.Demo;
using OrleansMcp.Hosting.Settings;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Hosting;

/// <summary>The configuration of tenants and clients: a file that is followed, or the demo.</summary>
internal static class ConfigurationSetup
{
    public static void AddServerConfiguration(this IServiceCollection services, ServerSettings settings) => services.AddSingleton<IConfigurationSource>(provider =>
    {
        string? Objection(ServerConfiguration configuration) => ObjectionTo(configuration, settings);
        if (settings.ConfigFile is not { } file)
        {
            var demo = DemoConfiguration.Load();
            Refuse(Objection(demo));
            return new FixedConfiguration(demo);
        }

        // Checked by itself first, so that the refusal to start is told from a mistake in the file.
        Refuse(Objection(ConfigurationFile.Load(file)));
        return new ReloadingConfiguration(
            file, Objection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ReloadingConfiguration>>());
    });

    private static string? ObjectionTo(ServerConfiguration configuration, ServerSettings settings) =>
        settings.IsGateway && DemoConfiguration.HasDemoKeys(configuration) && ListenAddress.FirstOpen(settings.Urls) is { } open
            ? $"Demo keys are published and work on loopback only; this server is to listen on {open}. Configure keys of your own ('keys new')."
            : null;

    private static void Refuse(string? objection)
    {
        if (objection is not null)
        {
            throw new StartRefusedException(objection);
        }
    }
}
