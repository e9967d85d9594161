using System.Net;
using System.Net.Sockets;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>A server in a process of its own, on a free loopback port; ended when disposed or when this process exits.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TemporaryFolder? _folder;

    private ServerProcess(ChildProcess process, int port, TemporaryFolder? folder)
    {
        (_process, _folder) = (process, folder);
        Reading = new ProcessReading(process.Id);
        Target = new Target(new IPEndPoint(IPAddress.Loopback, port), "/mcp", BenchmarkConfiguration.Key);
    }

    public int Id => _process.Id;

    public Target Target { get; }

    public ProcessReading Reading { get; }

    /// <summary>Where it keeps its state; empty for one that keeps none.</summary>
    public string DataFolder => _folder is null ? "" : Path.Combine(_folder.Path, "data");

    /// <summary>The server as built, with a configuration in which nothing limits the load.</summary>
    public static Task<ServerProcess> StartAsync(CancellationToken cancellationToken, TimeSpan? passivateAfter = null)
    {
        var folder = new TemporaryFolder();
        var configuration = BenchmarkConfiguration.WriteTo(folder, passivateAfter);
        return LaunchAsync(BuiltHere("OrleansMcp.Server.dll"), folder,
            url => ["--config", configuration, "--urls", url, "--data", Path.Combine(folder.Path, "data")], cancellationToken);
    }

    /// <summary>The same, with every control that a session has.</summary>
    public static Task<ServerProcess> StartControlledAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var configuration = BenchmarkConfiguration.WriteControlledTo(folder);
        return LaunchAsync(BuiltHere("OrleansMcp.Server.dll"), folder,
            url => ["--config", configuration, "--urls", url, "--data", Path.Combine(folder.Path, "data")], cancellationToken);
    }

    /// <summary>The bare endpoint of <see cref="Bare.BareServer"/>.</summary>
    public static Task<ServerProcess> StartBareAsync(CancellationToken cancellationToken) =>
        LaunchAsync(BuiltHere("OrleansMcp.Benchmarks.dll"), folder: null, url => ["bare", "--urls", url], cancellationToken);

    /// <summary>A process of the cluster, with the same configuration as <see cref="StartAsync"/>.</summary>
    public static Task<ServerProcess> StartSiloAsync(string program, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var configuration = BenchmarkConfiguration.WriteTo(folder);
        return LaunchAsync(program, folder, url => ["--config", configuration, "--urls", url, .. settings], cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder?.Dispose();
    }

    private static string BuiltHere(string program) => Path.Combine(AppContext.BaseDirectory, program);

    private static async Task<ServerProcess> LaunchAsync(
        string program, TemporaryFolder? folder, Func<string, IEnumerable<string>> arguments, CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        var process = ChildProcess.StartDotnet(program, arguments($"http://127.0.0.1:{port}"));
        var server = new ServerProcess(process, port, folder);
        try
        {
            await process.WaitUntilAsync(() => server.IsReadyAsync(cancellationToken), cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var request = (Target with { Path = "/readyz" }).Request("GET", session: null);
        try
        {
            using var connection = await HttpConnection.OpenAsync(Target.Address, cancellationToken);
            return (await connection.SendAsync(request)).Status == 200;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false; // not listening yet
        }
    }
}
