using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>A server in a process of its own, on a free loopback port; ended when disposed or when this process exits.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly TemporaryFolder? _folder;
    private readonly StringBuilder _output = new();

    private ServerProcess(Process process, int port, TemporaryFolder? folder)
    {
        (_process, _folder) = (process, folder);
        Reading = new ProcessReading(process.Id);
        Target = new Target(new IPEndPoint(IPAddress.Loopback, port), "/mcp", BenchmarkConfiguration.Key);
        AppDomain.CurrentDomain.ProcessExit += Kill;
    }

    public int Id => _process.Id;

    public Target Target { get; }

    public ProcessReading Reading { get; }

    /// <summary>Where it keeps its state; empty for the bare endpoint.</summary>
    public string DataFolder => _folder is null ? "" : Path.Combine(_folder.Path, "data");

    /// <summary>The server as built, with a configuration in which nothing limits the load.</summary>
    public static Task<ServerProcess> StartAsync(CancellationToken cancellationToken, TimeSpan? passivateAfter = null)
    {
        var folder = new TemporaryFolder();
        var configuration = Path.Combine(folder.Path, "benchmark.yaml");
        File.WriteAllText(configuration, BenchmarkConfiguration.Yaml(passivateAfter ?? TimeSpan.FromHours(2)));
        return LaunchAsync("OrleansMcp.Server.dll", folder,
            url => ["--config", configuration, "--urls", url, "--data", Path.Combine(folder.Path, "data")], cancellationToken);
    }

    /// <summary>The bare endpoint of <see cref="Bare.BareServer"/>.</summary>
    public static Task<ServerProcess> StartBareAsync(CancellationToken cancellationToken) =>
        LaunchAsync("OrleansMcp.Benchmarks.dll", folder: null, url => ["bare", "--urls", url], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        Kill(this, EventArgs.Empty);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder?.Dispose();
    }

    private static async Task<ServerProcess> LaunchAsync(
        string program, TemporaryFolder? folder, Func<string, IEnumerable<string>> arguments, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments($"http://127.0.0.1:{port}"))
        {
            start.ArgumentList.Add(argument);
        }

        var server = new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."), port, folder);
        try
        {
            server.KeepOutput();
            await server.WaitUntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var request = (Target with { Path = "/readyz" }).Request("GET", session: null);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var connection = await HttpConnection.OpenAsync(Target.Address, cancellationToken);
                if ((await connection.SendAsync(request)).Status == 200)
                {
                    return;
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Not listening yet.
            }

            if (_process.HasExited || watch.Elapsed > s_startLimit)
            {
                lock (_output)
                {
                    throw new InvalidOperationException($"The server did not get ready: {_output}");
                }
            }

            await Task.Delay(s_poll, TimeProvider.System, cancellationToken);
        }
    }

    private void KeepOutput()
    {
        const int Kept = 4096;
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (_output)
            {
                if (_output.Length < Kept)
                {
                    _output.AppendLine(line.Data);
                }
            }
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Kill(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
