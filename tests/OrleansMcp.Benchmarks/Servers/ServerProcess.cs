using System.Net;
using System.Net.Sockets;
using OrleansMcp.Benchmarks.Abuse;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>A server in a process of its own, on a free loopback port; ended when disposed or when this process exits.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Server = "OrleansMcp.Server.dll";
    private const string Benchmarks = "OrleansMcp.Benchmarks.dll";

    // In hexadecimal, as the runtime reads it: 768 MiB.
    private static readonly Dictionary<string, string> s_smallHeap = new() { ["DOTNET_GCHeapHardLimit"] = "0x30000000" };

    private readonly ChildProcess _process;
    private readonly TemporaryFolder? _folder;

    private ServerProcess(ChildProcess process, int port, TemporaryFolder? folder)
    {
        (_process, _folder) = (process, folder);
        Reading = new ProcessReading(process.Id);
        Target = new Target(new IPEndPoint(IPAddress.Loopback, port), "/mcp", BenchmarkConfiguration.Key);
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasEnded;

    public Target Target { get; }

    public ProcessReading Reading { get; }

    /// <summary>Where it keeps its state; empty for one that keeps none of its own.</summary>
    public string DataFolder => _folder is null ? "" : DataIn(_folder);

    /// <summary>The server as built, with a configuration in which nothing limits the load.</summary>
    public static Task<ServerProcess> StartAsync(CancellationToken cancellationToken, TimeSpan? passivateAfter = null)
    {
        var folder = new TemporaryFolder();
        return StartAloneAsync(folder, folder, BenchmarkConfiguration.WriteTo(folder, passivateAfter), cancellationToken);
    }

    /// <summary>The same, with another server whose tools its sessions have.</summary>
    public static Task<ServerProcess> StartInFrontOfAsync(ServerProcess other, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        return StartAloneAsync(folder, folder, BenchmarkConfiguration.WriteWithServerTo(folder, UrlOf(other)), cancellationToken);
    }

    /// <summary>The same, with every control that a session has.</summary>
    public static Task<ServerProcess> StartControlledAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        return StartAloneAsync(folder, folder, BenchmarkConfiguration.WriteControlledTo(folder), cancellationToken);
    }

    /// <summary>The same as <see cref="StartAsync"/> in a folder that outlives it.</summary>
    public static Task<ServerProcess> StartInAsync(TemporaryFolder folder, CancellationToken cancellationToken) =>
        StartAloneAsync(folder, owned: null, BenchmarkConfiguration.WriteTo(folder), cancellationToken);

    /// <summary>The server with a neighbour and an attacker, and the heap of a small container.</summary>
    public static Task<ServerProcess> StartAbusedAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        return StartAloneAsync(folder, folder, AbuseConfiguration.WriteTo(folder), cancellationToken, s_smallHeap);
    }

    /// <summary>A process of a cluster, with the same configuration as <see cref="StartAsync"/>.</summary>
    public static Task<ServerProcess> StartMemberAsync(IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var configuration = BenchmarkConfiguration.WriteTo(folder);
        return LaunchAsync(Server, folder, url => ["--config", configuration, "--urls", url, .. settings], cancellationToken);
    }

    /// <summary>The bare endpoint of <see cref="Bare.BareServer"/>.</summary>
    public static Task<ServerProcess> StartBareAsync(CancellationToken cancellationToken) =>
        LaunchAsync(Benchmarks, folder: null, url => ["bare", "--urls", url], cancellationToken);

    /// <summary>The bare endpoint that hands everything on, <see cref="Bare.ForwardingServer"/>.</summary>
    public static Task<ServerProcess> StartForwardingAsync(ServerProcess other, CancellationToken cancellationToken) =>
        LaunchAsync(Benchmarks, folder: null, url => ["forwarding", "--urls", url, "--to", UrlOf(other).OriginalString], cancellationToken);

    /// <summary>The bare endpoint that commits, <see cref="Bare.CommitServer"/>.</summary>
    public static Task<ServerProcess> StartCommitsAsync(int rows, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        return LaunchAsync(
            Benchmarks, folder, url => ["commits", "--urls", url, "--file", Path.Combine(folder.Path, "commits.db"), "--rows", $"{rows}"], cancellationToken);
    }

    /// <summary>The server of the C# SDK, <see cref="Stock.StockServer"/>.</summary>
    public static Task<ServerProcess> StartStockAsync(CancellationToken cancellationToken) =>
        LaunchAsync(Benchmarks, folder: null, url => ["stock", "--urls", url], cancellationToken);

    /// <summary>Reads its resident memory and CPU time; not those of one that has ended.</summary>
    public bool TryRead(out long resident, out TimeSpan cpu)
    {
        (resident, cpu) = (0, TimeSpan.Zero);
        try
        {
            (resident, cpu) = (Reading.Resident, Reading.Cpu);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException && HasEnded)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder?.Dispose();
    }

    private static Task<ServerProcess> StartAloneAsync(
        TemporaryFolder folder, TemporaryFolder? owned, string configuration, CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null) =>
        LaunchAsync(Server, owned, url => ["--config", configuration, "--urls", url, "--data", DataIn(folder)], cancellationToken, environment);

    private static Uri UrlOf(ServerProcess other) => new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", other.Target.Address.Port, other.Target.Path).Uri;

    private static string DataIn(TemporaryFolder folder) => Path.Combine(folder.Path, "data");

    private static string BuiltHere(string program) => Path.Combine(AppContext.BaseDirectory, program);

    private static async Task<ServerProcess> LaunchAsync(
        string program, TemporaryFolder? folder, Func<string, IEnumerable<string>> arguments, CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var port = FreePort.Next();
        var process = ChildProcess.StartDotnet(BuiltHere(program), arguments($"http://127.0.0.1:{port}"), environment);
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
