using System.Security.Cryptography;
using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>The processes that serve together, under one name.</summary>
internal sealed class ServerSet : IAsyncDisposable
{
    private readonly IAsyncDisposable? _beneath;
    private readonly ServerProcess[] _servers;

    private ServerSet(string name, IAsyncDisposable? beneath, params ServerProcess[] servers)
    {
        (Name, _beneath, _servers) = (name, beneath, servers);
        Reading = new ProcessReading([.. servers.Select(server => server.Id)]);
    }

    public string Name { get; }

    /// <summary>The one that serves HTTP.</summary>
    public Target Target => _servers[0].Target;

    /// <summary>The one in which sessions live.</summary>
    public ServerProcess Home => _servers[^1];

    /// <summary>All of them together; the table service is none of them.</summary>
    public ProcessReading Reading { get; }

    public IEnumerable<int> Ids => _servers.Select(server => server.Id);

    /// <summary>One process that does everything, on SQLite.</summary>
    public static async Task<ServerSet> AllAsync(CancellationToken cancellationToken) =>
        new("all", beneath: null, await ServerProcess.StartAsync(cancellationToken));

    /// <summary>A gateway and a silo, on tables.</summary>
    public static async Task<ServerSet> ApartAsync(CancellationToken cancellationToken)
    {
        var tables = await TableService.StartAsync(cancellationToken);
        ServerProcess? silo = null;
        try
        {
            string[] common =
            [
                "--store", "tables", "--clustering", "tables", "--tables", tables.ConnectionString, "--cluster-id", "benchmark", "--service-id", "benchmark",
                "--session-id-keys", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ];
            silo = await ServerProcess.StartMemberAsync(
                ["--role", "silo", "--silo-port", $"{FreePort.Next()}", "--gateway-port", $"{FreePort.Next()}", .. common], cancellationToken);
            var gateway = await ServerProcess.StartMemberAsync(["--role", "gateway", .. common], cancellationToken);
            return new ServerSet("gateway + silo", tables, gateway, silo);
        }
        catch
        {
            await (silo?.DisposeAsync() ?? ValueTask.CompletedTask);
            await tables.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await (_beneath?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
