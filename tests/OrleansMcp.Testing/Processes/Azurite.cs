using System.Net;
using System.Net.Sockets;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Processes;

/// <summary>
/// The table service of Azure Storage, emulated, as a process of its own. Its key is published by its makers. What is in one account is not
/// seen in another: tests that do not hurt the service itself share one process and have an account each.
/// </summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const int Accounts = 100;
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly Lock s_gate = new();
    private static Task<Azurite>? s_shared;

    private readonly ProcessUnderTest _process;
    private readonly int _port;
    private int _accounts;

    private Azurite(ProcessUnderTest process, int port) => (_process, _port) = (process, port);

    public string ConnectionString => ConnectionStringAt(_port);

    public static string ConnectionStringAt(int port) => ConnectionStringAt(port, account: 0);

    /// <summary>An empty account of the process that all tests share.</summary>
    public static async Task<string> NewAccountAsync()
    {
        Task<Azurite> shared;
        lock (s_gate)
        {
            shared = s_shared ??= StartAsync();
        }

        var azurite = await shared;
        var account = Interlocked.Increment(ref azurite._accounts);
        Assert.True(account < Accounts, "There are no more accounts.");
        return ConnectionStringAt(azurite._port, account);
    }

    /// <summary>Ends the process that all tests share, after the last of them.</summary>
    public static async ValueTask StopSharedAsync()
    {
        if (s_shared is { } shared)
        {
            await (await shared).DisposeAsync();
        }
    }

    public static Task<Azurite> StartAsync() => StartAsync(FreePort.Next());

    public static async Task<Azurite> StartAsync(int port)
    {
        Assert.True(File.Exists(Script), $"{Script} is not there: a build of the tests installs it.");
        var process = ProcessUnderTest.Start("node", [
            Script, "--tableHost", "127.0.0.1", "--tablePort", $"{port}", "--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        ], start => start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(0, Accounts).Select(account => $"{NameOf(account)}:{Key}")));
        await Eventually.Holds(() => process.HasExited || Answers(port), "Azurite listened");
        Assert.False(process.HasExited, process.Output);
        return new Azurite(process, port);
    }

    /// <summary>It neither answers nor refuses from here on.</summary>
    public void Freeze() => _process.Signal("STOP");

    public void Thaw() => _process.Signal("CONT");

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string ConnectionStringAt(int port, int account) =>
        $"DefaultEndpointsProtocol=http;AccountName={NameOf(account)};AccountKey={Key};TableEndpoint=http://127.0.0.1:{port}/{NameOf(account)};";

    private static string NameOf(int account) => $"account{account}";

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
