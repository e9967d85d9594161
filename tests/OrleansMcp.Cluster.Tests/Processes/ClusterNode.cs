using System.Diagnostics;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>A silo or a gateway as an operator runs it.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    /// <summary>Several programs that start at once on a busy test machine take their time.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly string[] _arguments;
    private ProcessUnderTest? _process;

    private ClusterNode(Uri url, string[] arguments) => (Url, _arguments) = (url, arguments);

    public Uri Url { get; }

    public ProcessUnderTest Process => _process!;

    /// <summary>Where other silos reach it; of a silo.</summary>
    public int SiloPort => PortOf("--siloPort");

    /// <summary>Where gateways reach it; of a silo.</summary>
    public int GatewayPort => PortOf("--gatewayPort");

    public static ClusterNode Silo(string cluster, string tables, string key, params string[] more) =>
        Make("silo", cluster, tables, key, ["--siloPort", $"{FreePort.Next()}", "--gatewayPort", $"{FreePort.Next()}", .. more]);

    public static ClusterNode Gateway(string cluster, string tables, string key, params string[] more) => Make("gateway", cluster, tables, key, more);

    /// <summary>A process that is a cluster of its own, with its state in its memory.</summary>
    public static ClusterNode Alone(params string[] more)
    {
        var url = FreeUrl();
        return new ClusterNode(url, ["--urls", url.GetLeftPart(UriPartial.Authority), .. more]);
    }

    /// <summary>Starts the program with these arguments and nothing else.</summary>
    public static ProcessUnderTest Run(params IEnumerable<string> arguments) => ProcessUnderTest.Start(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(Silo.Hosting.SiloHost).Assembly.Location, .. arguments]);

    /// <summary>Starts it and does not wait.</summary>
    public ClusterNode Launch()
    {
        _process = Run(_arguments);
        return this;
    }

    public Task StartAsync() => Launch().ReadyAsync();

    /// <summary>Waits until it is ready.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient();
        var watch = Stopwatch.StartNew();
        while (!await IsReadyAsync(http))
        {
            Assert.False(Process.HasExited, Process.Output);
            Assert.True(watch.Elapsed < s_patience, $"It was not ready within {s_patience}: {Process.Output}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private static ClusterNode Make(string role, string cluster, string tables, string key, string[] more)
    {
        var url = FreeUrl();
        return new ClusterNode(url, [
            "--role", role, "--clusterId", cluster, "--serviceId", cluster, "--urls", url.GetLeftPart(UriPartial.Authority), "--tables:connectionString", tables,
            "--sessionIdKeys", key, .. more,
        ]);
    }

    private int PortOf(string key) => int.Parse(_arguments[Array.IndexOf(_arguments, key) + 1], System.Globalization.CultureInfo.InvariantCulture);

    private static Uri FreeUrl() => new($"http://127.0.0.1:{FreePort.Next()}/mcp");

    private async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            return (await http.GetAsync(new Uri(Url, "/readyz"))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
