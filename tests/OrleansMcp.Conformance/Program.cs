using System.CommandLine;
using OrleansMcp.Configuration;
using OrleansMcp.Conformance;

var urls = new Option<string>("--urls") { Description = "Where to listen; loopback only.", DefaultValueFactory = _ => ConformanceSettings.DefaultUrls };
var data = new Option<string?>("--data") { Description = "Folder of the state. Default: a temporary one, deleted at exit." };
var config = new Option<string?>("--config") { Description = "Configuration file; its tenants play no part." };
var command = new RootCommand("Serves the fixtures of the MCP conformance suite at /mcp, to anybody on this machine.") { urls, data, config };
command.SetAction(async (arguments, cancellationToken) =>
{
    using var temporary = arguments.GetValue(data) is null ? new TemporaryFolder() : null;
    var settings = new ConformanceSettings(
        arguments.GetValue(urls)!, arguments.GetValue(data) ?? temporary!.Path, arguments.GetValue(config));
    try
    {
        return await ServeAsync(settings, cancellationToken);
    }
    catch (ConfigurationException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
});
return await command.Parse(args).InvokeAsync();

static async Task<int> ServeAsync(ConformanceSettings settings, CancellationToken cancellationToken)
{
    if (settings.FirstPublicUrl() is { } url)
    {
        await Console.Error.WriteLineAsync($"Refusing to listen on {url}: callers are anonymous here, so loopback http addresses only.");
        return 2;
    }

    await using var app = ConformanceHost.Build(settings, Configured(settings.ConfigFile));
    await app.StartAsync(cancellationToken);
    foreach (var address in app.Urls)
    {
        Console.WriteLine($"Fixtures at {address}/mcp");
    }

    await app.WaitForShutdownAsync(cancellationToken);
    return 0;
}

static ServerConfiguration Configured(string? file)
{
    var configuration = file is null ? new ServerConfiguration() : ConfigurationFile.Load(file);
    return configuration with
    {
        Tenants = new Dictionary<string, TenantConfiguration> { [AnonymousCaller.Registration.Id] = AnonymousCaller.Registration },
    };
}
