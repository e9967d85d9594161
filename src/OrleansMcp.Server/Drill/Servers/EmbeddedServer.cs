using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrleansMcp.Configuration;
using OrleansMcp.Server.Drill.History;

namespace OrleansMcp.Server.Drill.Servers;

/// <summary>
/// A server of this program on a free loopback port, with a data folder that goes with it and a configuration of its own: everything that
/// isolates is on, and quotas are too wide to be met. Sessions leave memory after a second, so that resting ones are brought back.
/// </summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    public const int FewestClients = 4;

    private const int ClientsPerTenant = 8;

    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;

    private EmbeddedServer(WebApplication app, DirectoryInfo folder, DrillServer server) => (_app, _folder, Server) = (app, folder, server);

    public DrillServer Server { get; }

    public static async Task<EmbeddedServer> StartAsync(int clients, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("orleansmcp-drill-");
        try
        {
            var keys = Parties(clients).ToDictionary(party => party, _ => ApiKey.Generate());
            var operatorKey = ApiKey.Generate();
            var file = Path.Combine(folder.FullName, "drill.yaml");
            await File.WriteAllTextAsync(file, Yaml(keys, operatorKey), cancellationToken);

            // What the server logs is not the drill's to show: attacks are warnings there, and there are many.
            var app = ServerHost.Build(
                new ServerSettings(file, "http://127.0.0.1:0", Path.Combine(folder.FullName, "data")), builder => builder.Logging.ClearProviders());
            await app.StartAsync(cancellationToken);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new(app, folder, new DrillServer(new Uri(address), keys, operatorKey));
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

    /// <summary>The clients of different tenants have the same names: what tells them apart is the tenant.</summary>
    private static IEnumerable<Party> Parties(int clients)
    {
        var tenants = Math.Max(2, clients / ClientsPerTenant);
        return Enumerable.Range(0, clients).Select(number => new Party(
            string.Create(CultureInfo.InvariantCulture, $"tenant-{(number % tenants) + 1}"),
            string.Create(CultureInfo.InvariantCulture, $"client-{(number / tenants) + 1}")));
    }

    private static string Yaml(Dictionary<Party, string> keys, string operatorKey)
    {
        var yaml = new StringBuilder($$"""
            sessions: { passivateAfter: 1s }
            signals: { attemptsPerMinute: 1000000, denials: 1000000 } # so that every attack meets what it attacks, and not this
            operators: [{ id: drill, sha256: {{Hash(operatorKey)}} }]
            tenants:

            """);
        foreach (var tenant in keys.GroupBy(one => one.Key.Tenant))
        {
            yaml.Append("  ").Append(tenant.Key).Append(":\n    clients:\n");
            foreach (var (party, key) in tenant)
            {
                yaml.Append(CultureInfo.InvariantCulture, $$"""
                          {{party.Client}}:
                            keys: [{ sha256: {{Hash(key)}} }]
                            permissions: ["tool:*", "records:*:read", "records:*:write", "toollog:*"]
                            quotas: { sessions: 100000, sessionsPerMinute: 10000000, callsPerMinute: 100000000, stateBytes: 10000000000 }

                    """);
            }
        }

        return yaml.ToString();
    }

    private static string Hash(string key) => Convert.ToHexStringLower(ApiKey.Hash(key));
}
