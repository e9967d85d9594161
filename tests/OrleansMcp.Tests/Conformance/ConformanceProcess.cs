using OrleansMcp.Tests.Clients;

namespace OrleansMcp.Tests.Conformance;

/// <summary>The host of the fixtures as a process of its own, one for all requirement sets.</summary>
public sealed class ConformanceProcess : IAsyncLifetime
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    // Of the test's own: the host is killed, and deletes nothing then.
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("orleansmcp-fixtures-");
    private ChildProcess _host = null!;

    /// <summary>Where the fixtures are served.</summary>
    public Uri Url { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _host = Start("--urls", "http://127.0.0.1:0", "--data", _data.FullName);
        var line = await _host.FirstLineAsync(s_deadline);
        Assert.StartsWith("Fixtures at http://127.0.0.1:", line);
        Url = new Uri(line["Fixtures at ".Length..]);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _data.Delete(recursive: true);
    }

    internal static ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        [Repository.BuiltBesideThis("OrleansMcp.Conformance"), .. arguments]);
}
