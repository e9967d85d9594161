using System.Diagnostics;
using System.Globalization;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>
/// What goes into the container image, run as a container would run it, as far as that is possible without one: an application folder, a
/// working folder and a home that cannot be written, a user who is nobody, settings from the environment, all addresses listened on.
/// </summary>
internal sealed class PublishedSilo : IDisposable
{
    private const string Nobody = "65534";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("orleansmcp-image-").FullName;
    private readonly string _key = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    private PublishedSilo()
    {
    }

    /// <summary>A key of the only client.</summary>
    public string ApiKey { get; } = OrleansMcp.Configuration.ApiKey.Generate();

    private string App => Path.Combine(_folder, "app");

    private string Empty => Path.Combine(_folder, "empty");

    private string Configuration => Path.Combine(_folder, "server.yaml");

    public static async Task<PublishedSilo> MakeAsync()
    {
        Require();
        var made = new PublishedSilo();
        try
        {
            await made.PublishAsync();
            made.Seal();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Starts it with these settings and those of the image.</summary>
    public ProcessUnderTest Start(params (string Key, string Value)[] settings) =>
        ProcessUnderTest.Start(Program, Arguments, start =>
        {
            start.WorkingDirectory = Empty;
            start.Environment["HOME"] = Empty;
            start.Environment["TMPDIR"] = Empty;
            start.Environment["DOTNET_EnableDiagnostics"] = "0";
            start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
            start.Environment["ORLEANSMCP_LOG"] = "json";
            foreach (var (key, value) in settings)
            {
                start.Environment["ORLEANSMCP_" + key] = value;
            }
        });

    /// <summary>Starts one of a cluster. It listens on every address.</summary>
    public (ProcessUnderTest Process, Uri Url) Start(string role, string cluster, string tables)
    {
        var port = FreePort.Next();
        List<(string, string)> settings =
        [
            ("ROLE", role), ("STORE", "tables"), ("CLUSTERING", "tables"), ("CLUSTER_ID", cluster), ("SERVICE_ID", cluster), ("TABLES", tables), ("SESSION_ID_KEYS", _key),
            ("CONFIG", Configuration), ("URLS", string.Create(CultureInfo.InvariantCulture, $"http://0.0.0.0:{port}")),
        ];
        if (role == "silo")
        {
            settings.AddRange(
                [("SILO_PORT", $"{FreePort.Next()}"), ("GATEWAY_PORT", $"{FreePort.Next()}"), ("LISTEN_ON_ANY", "true"), ("INSECURE_SILO_PORTS", "true")]);
        }

        return (Start([.. settings]), new Uri($"http://127.0.0.1:{port}/mcp"));
    }

    /// <summary>What lies where it might have written, beside what was published.</summary>
    public IEnumerable<string> WrittenFiles() => Directory.EnumerateFiles(Empty, "*", SearchOption.AllDirectories);

    public void Dispose()
    {
        foreach (var folder in new[] { App, Empty }.Where(Directory.Exists))
        {
            Run("chmod", ["-R", "u+w", folder]);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Program => Environment.IsPrivilegedProcess ? "setpriv" : Dotnet;

    private IEnumerable<string> Arguments
    {
        get
        {
            string[] application = [Path.Combine(App, "OrleansMcp.Server.dll")];
            return Environment.IsPrivilegedProcess
                ? ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", Dotnet, .. application]
                : application;
        }
    }

    // Whoever is not root is one of those already whom the image is made for.
    private static void Require()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The image is one for Linux.");
        }

        if (Environment.IsPrivilegedProcess && !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "setpriv"))))
        {
            Assert.Skip("The tests run as root, and there is no setpriv (util-linux) to become nobody with.");
        }
    }

    private async Task PublishAsync()
    {
        // The way from the output folder of the tests tells the configuration they were built in; the silo was built with them.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await using var publish = ProcessUnderTest.Start(Dotnet,
        [
            "publish", Path.Combine(Repository.Root, "src", "OrleansMcp.Server"), "-c", configuration, "--no-build", "--no-restore", "-o", App, "-v", "q", "--nologo",
        ]);
        Assert.True(await publish.ExitAsync(s_patience) == 0, publish.Output);
        await File.WriteAllTextAsync(Configuration, $$"""
            tenants:
              acme:
                clients:
                  alice:
                    keys: [{ sha256: {{Convert.ToHexStringLower(OrleansMcp.Configuration.ApiKey.Hash(ApiKey))}} }]
                    permissions: ["tool:*"]
                    quotas: { callsPerMinute: 1000000, sessions: 1000 }
            """);
    }

    private void Seal()
    {
        Directory.CreateDirectory(Empty);
        Run("chmod", ["-R", "a+rX,a-w", App, Empty, Configuration]);
        Run("chmod", ["a+rx", _folder]);
    }

    private static void Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
