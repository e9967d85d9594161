using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrleansMcp.Server.Settings;

namespace OrleansMcp.Server.Drill.Servers;

/// <summary>
/// A server of this program on a free loopback port, with a data folder that goes with it and a configuration of its own: everything that
/// isolates is on, and quotas are too wide to be met. Sessions leave memory after a second, so that resting ones are brought back.
/// </summary>
internal sealed class OwnServer : IAsyncDisposable
{
    public const int FewestClients = 4;

    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;

    private OwnServer(WebApplication app, DirectoryInfo folder, DrillServer server) => (_app, _folder, Server) = (app, folder, server);

    public DrillServer Server { get; }

    public static async Task<OwnServer> StartAsync(int clients, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("orleansmcp-drill-");
        try
        {
            var made = DrillConfiguration.For(clients);
            var file = Path.Combine(folder.FullName, "drill.yaml");
            await File.WriteAllTextAsync(file, made.Yaml, cancellationToken);

            // What the server logs is not the drill's to show: attacks are warnings there, and there are many.
            var settings = new ServerSettings { ConfigFile = file, Urls = "http://127.0.0.1:0", DataFolder = Path.Combine(folder.FullName, "data") };
            var app = ServerHost.Build(settings, builder => builder.Logging.ClearProviders());
            await app.StartAsync(cancellationToken);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new(app, folder, new DrillServer(new Uri(address), made.Keys, made.OperatorKey));
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
