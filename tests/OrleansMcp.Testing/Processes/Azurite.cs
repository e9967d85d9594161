using System.Net;
using System.Net.Sockets;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Processes;

/// <summary>The table service of Azure Storage, emulated, as a process of its own. Its account and key are published by its makers.</summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly ProcessUnderTest _process;

    private Azurite(ProcessUnderTest process, int port)
    {
        _process = process;
        ConnectionString = ConnectionStringAt(port);
    }

    public string ConnectionString { get; }

    public static string ConnectionStringAt(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};TableEndpoint=http://127.0.0.1:{port}/{Account};";

    public static Task<Azurite> StartAsync() => StartAsync(FreePort.Next());

    public static async Task<Azurite> StartAsync(int port)
    {
        Assert.True(File.Exists(Script), $"{Script} is not there: a build of the tests installs it.");
        var process = ProcessUnderTest.Start("node", [
            Script, "--tableHost", "127.0.0.1", "--tablePort", $"{port}", "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        ]);
        await Eventually.Holds(() => process.HasExited || Answers(port), "Azurite listened");
        Assert.False(process.HasExited, process.Output);
        return new Azurite(process, port);
    }

    /// <summary>It neither answers nor refuses from here on.</summary>
    public void Freeze() => _process.Signal("STOP");

    public void Thaw() => _process.Signal("CONT");

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Script => Path.Combine(
        Repository.Root, "tests", "azurite", "node_modules", "azurite", "dist", "src", "table", "main.js");

    private static bool Answers(int port)
    {
        try
        {
            using var socket = new TcpClient();
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
