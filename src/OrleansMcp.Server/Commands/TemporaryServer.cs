using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrleansMcp.Drill;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Server.Commands;

/// <summary>This program on a free port of the loopback address, with a data folder that is deleted with it.</summary>
internal sealed class TemporaryServer : ITemporaryServer
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;

    private TemporaryServer(WebApplication app, DirectoryInfo folder, Uri url) => (_app, _folder, Url) = (app, folder, url);

    public Uri Url { get; }

    /// <inheritdoc cref="StartServer"/>
    public static async Task<ITemporaryServer> StartAsync(string configuration, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("orleansmcp-drill-");
        try
        {
            var file = Path.Combine(folder.FullName, "drill.yaml");
            await File.WriteAllTextAsync(file, configuration, cancellationToken);

            // The server's log is off: every attack is a warning there, and a drill makes thousands.
            var settings = new ServerSettings { ConfigFile = file, Urls = "http://127.0.0.1:0", DataFolder = Path.Combine(folder.FullName, "data") };
            var app = ServerHost.Build(settings, builder => builder.Logging.ClearProviders());
            await app.StartAsync(cancellationToken);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new TemporaryServer(app, folder, new Uri(address));
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
