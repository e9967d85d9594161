using System.Net;
using System.Net.Sockets;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>The table service that a cluster of several processes needs, emulated by Azurite. Account and key are published by its makers.</summary>
internal sealed class TableService : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly ChildProcess _process;

    private TableService(ChildProcess process, int port)
    {
        _process = process;
        ConnectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};TableEndpoint=http://127.0.0.1:{port}/{Account};";
    }

    public string ConnectionString { get; }

    /// <summary>Why there is none, and what to do about it; null when there is one.</summary>
    public static string? Missing => File.Exists(Script) ? null
        : "Left out: gateway and silo need a table service. Run 'npm ci' in tests/azurite, as the build of the tests does.";

    // In the working copy that this program was built in.
    private static string Script
    {
        get
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "OrleansMcp.sln")))
            {
                root = root.Parent;
            }

            return Path.Combine(root?.FullName ?? "", "tests", "azurite", "node_modules", "azurite", "dist", "src", "table", "main.js");
        }
    }

    public static async Task<TableService> StartAsync(CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        var process = ChildProcess.Start("node", [
            Script, "--tableHost", "127.0.0.1", "--tablePort", $"{port}", "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        ]);
        try
        {
            await process.WaitUntilAsync(() => ListensAsync(port, cancellationToken), cancellationToken);
            return new TableService(process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
