using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Hosting.Demo;
using OrleansMcp.Hosting.Secrets;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Secrets.References;
using OrleansMcp.Tools;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Hosting;

/// <summary>The configuration of tenants and clients: a file that is followed, or the demo.</summary>
internal static class ConfigurationSetup
{
    public static void AddServerConfiguration(this IServiceCollection services, ServerSettings settings) => services.AddSingleton<IConfigurationSource>(provider =>
    {
        var sources = ApplicationSources(provider.GetServices<ISecretSource>());
        OfferedNames Offered() => OfferedNames.Of(provider.GetRequiredService<Catalogue>());
        string? Objection(ServerConfiguration configuration) => ObjectionTo(configuration, settings);
        if (settings.ConfigFile is not { } file)
        {
            var demo = DemoConfiguration.Load(); // It names the tools of the demo, also for an application with others.
            Refuse(Objection(demo));
            return new FixedConfiguration(demo);
        }

        // Checked by itself first, so that the refusal to start is told from a mistake in the file.
        Refuse(Objection(ConfigurationFile.Load(file, sources, new SourceFiles(), Offered())));
        return new ReloadingConfiguration(
            file, sources, Offered, Objection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ReloadingConfiguration>>());
    });

    /// <exception cref="StartRefusedException">A name is taken: a reference to it would be read by either source.</exception>
    private static ISecretSource[] ApplicationSources(IEnumerable<ISecretSource> all)
    {
        var sources = all.Where(static source => source is not (EnvironmentSecrets or FileSecrets or KeyVaultSecrets)).ToArray();
        var taken = SecretReference.BuiltIn.Concat(sources.Select(static source => source.Name)).GroupBy(static name => name, StringComparer.Ordinal)
            .FirstOrDefault(static names => names.Count() > 1);
        Refuse(taken is null ? null : $"Two sources of secrets are named '{taken.Key}': each ISecretSource needs a name of its own.");
        return sources;
    }

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
