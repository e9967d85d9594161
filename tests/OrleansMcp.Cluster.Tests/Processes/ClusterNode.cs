using System.Diagnostics;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>A silo or a gateway as an operator runs it.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    /// <summary>Several programs that start at once on a busy test machine take their time.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static readonly string Program = typeof(OrleansMcp.Server.ServerHost).Assembly.Location;

    private readonly string[] _arguments;
    private ProcessUnderTest? _process;
    private ScratchFolder? _folder;

    private ClusterNode(Uri url, string[] arguments) => (Url, _arguments) = (url, arguments);

    public Uri Url { get; }

    public ProcessUnderTest Process => _process!;

    /// <summary>Variables that it starts with, beside those of the tests.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables { get; set; } = [];

    /// <summary>
    /// The application that it is, an assembly's path: the program, unless a test says otherwise. Another one is told its settings by the
    /// environment.
    /// </summary>
    public string Application { get; set; } = Program;

    /// <summary>Where other silos reach it; of a silo.</summary>
    public int SiloPort => PortOf("--silo-port");

    /// <summary>Where gateways reach it; of a silo.</summary>
    public int GatewayPort => PortOf("--gateway-port");

    public static ClusterNode Silo(string cluster, string tables, string key, params string[] more) =>
        Make("silo", cluster, tables, key, ["--silo-port", $"{FreePort.Next()}", "--gateway-port", $"{FreePort.Next()}", .. more]);

    public static ClusterNode Gateway(string cluster, string tables, string key, params string[] more) => Make("gateway", cluster, tables, key, more);

    /// <summary>A member of a cluster that serves HTTP and holds sessions.</summary>
    public static ClusterNode All(string cluster, string tables, string key, params string[] more) =>
        Make("all", cluster, tables, key, ["--silo-port", $"{FreePort.Next()}", "--gateway-port", $"{FreePort.Next()}", .. more]);

    /// <summary>A process that is alone, with its state in a data folder that goes with it.</summary>
    public static ClusterNode Alone(params string[] more)
    {
        var (url, folder) = (FreeUrl(), new ScratchFolder());
        return new ClusterNode(url, ["--urls", url.GetLeftPart(UriPartial.Authority), "--data", folder.Path, .. more]) { _folder = folder };
    }

    /// <summary>A process that is alone, with its state in tables.</summary>
    public static ClusterNode AloneOn(string tables, string service, string key)
    {
        var url = FreeUrl();
        return new ClusterNode(url, [
            "--urls", url.GetLeftPart(UriPartial.Authority), "--store", "tables", "--service-id", service, "--tables", tables, "--session-id-keys", key,
        ]);
    }

    /// <summary>Starts the program with these arguments and nothing else. It lives too short to earn back what measuring its code costs.</summary>
    public static ProcessUnderTest Run(params IEnumerable<string> arguments) => Run(arguments, []);

    /// <summary>Starts it and does not wait.</summary>
    public ClusterNode Launch()
    {
        _process = Application == Program ? Run(_arguments, Variables) : Start([Application], Variables.Concat(Settings()));
        return this;
    }

    public Task StartAsync() => Launch().ReadyAsync();

    /// <summary>Starts it again after its end, and waits until it is ready.</summary>
    public async Task StartAgainAsync()
    {
        await Process.DisposeAsync();
        await StartAsync();
    }

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

        _folder?.Dispose();
    }

    /// <summary>The arguments as environment variables.</summary>
    private IEnumerable<KeyValuePair<string, string>> Settings() => _arguments.Chunk(2).Select(static pair => KeyValuePair.Create(
        "ORLEANSMCP_" + pair[0].TrimStart('-').Replace('-', '_').ToUpperInvariant(), pair[1]));

    private static ProcessUnderTest Run(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> variables) =>
        Start([Program, .. arguments], variables);

    private static ProcessUnderTest Start(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> variables) => ProcessUnderTest.Start(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments,
        start =>
        {
            start.Environment["DOTNET_TieredPGO"] = "0";
            foreach (var (name, value) in variables)
            {
                start.Environment[name] = value;
            }
        });

    private static ClusterNode Make(string role, string cluster, string tables, string key, string[] more)
    {
        var url = FreeUrl();
        return new ClusterNode(url, [
            "--role", role, "--store", "tables", "--clustering", "tables", "--cluster-id", cluster, "--service-id", cluster,
            "--urls", url.GetLeftPart(UriPartial.Authority), "--tables", tables, "--session-id-keys", key, .. more,
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
