using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Server;
using OrleansMcp.Server.Demo;
using OrleansMcp.Server.Settings;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Time;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Hosting;

/// <summary>
/// The server of the quick start, in this process, on a free loopback port and a data folder of its own, with test tools beside the
/// demo tools. Real HTTP; restartable.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly TestServerOptions _options;
    private WebApplication _application = null!;
    private bool _running;

    private TestServer(TestServerOptions options)
    {
        _options = options;
        DataFolder = options.DataFolder ?? Path.Combine(Path.GetTempPath(), "orleansmcp-tests", Guid.NewGuid().ToString("n"));
    }

    /// <summary>The MCP endpoint.</summary>
    /// <summary>Calls of a budget that may be lost on their way from a ledger: here there is no way.</summary>
    internal const int MostLostToOverdueAnswers = 0;

    public Uri Url { get; private set; } = null!;

    public string DataFolder { get; }

    public IServiceProvider Services => _application.Services;

    internal Gates Gates { get; private set; } = null!;

    internal SignalCounter Signals { get; private set; } = null!;

    /// <summary>Session actors in memory.</summary>
    public int LiveActors => Live.Count(session => session.Exists);

    internal IEnumerable<Session> Live => Services.GetRequiredService<Activations>().All;

    internal Catalogue Catalogue => Services.GetRequiredService<Catalogue>();

    public static async Task<TestServer> StartAsync(TestServerOptions? options = null)
    {
        var server = new TestServer(options ?? new());
        await server.StartAsync($"http://127.0.0.1:{FreePort.Next()}"); // that stays its own while it is stopped
        return server;
    }

    /// <summary>Stops and starts again on the same data folder and port, as an operator does.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Starts after a stop, on the same data folder and port.</summary>
    public Task StartAgainAsync() => StartAsync(Url.GetLeftPart(UriPartial.Authority));

    /// <summary>Stops and leaves the data folder for the test to look at.</summary>
    public async Task StopAsync()
    {
        if (!_running)
        {
            return;
        }

        _running = false;
        Signals.Dispose();
        await _application.StopAsync().InTime("the server stopped");
        await _application.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_options.DataFolder is null && Directory.Exists(DataFolder))
        {
            Directory.Delete(DataFolder, recursive: true);
        }
    }

    /// <summary>Lets time go by until every session has left memory, and none has ended.</summary>
    internal async Task SendToSleepAsync(ManualTimeProvider time)
    {
        await Eventually.Holds(() => Live.All(session => !session.IsBusy), "every session was quiet");
        time.Advance(TimeSpan.FromMinutes(10));
        await Eventually.Holds(
            async () =>
            {
                await SweepAsync();
                return !Live.Any();
            },
            "every session left memory");
    }

    /// <summary>Sessions that were not used leave memory; those whose time is over end.</summary>
    internal async Task SweepAsync()
    {
        await Services.GetRequiredService<TenantClock>().StrikeAsync();
        await Services.GetRequiredService<PassivationClock>().TickAsync(CancellationToken.None);
    }

    /// <summary>The audit of this server, all lines.</summary>
    public string ReadAudit() => StoredRows.Audit(DataFolder);

    /// <summary>What is stored, except the audit, which grows by attempts on purpose: a name a row.</summary>
    public IReadOnlyList<string> StateFiles() => [.. StoredRows.Read(DataFolder).Keys.Order(StringComparer.Ordinal)];

    /// <summary>What a row holds.</summary>
    public string ReadState(string row) => StoredRows.Read(DataFolder)[row];

    internal RawClient Client(string? key = TestConfiguration.Alice) => new(Url, key);

    internal ModernClient Modern(string? key = TestConfiguration.Alice) => new(Url, key);

    internal Uri At(string path) => new(Url, path);

    private async Task StartAsync(string url)
    {
        Gates = new Gates();
        _application = ServerHost.Build(new ServerSettings { ConfigFile = _options.ConfigFile, Urls = url, DataFolder = DataFolder }, Customise);
        Signals = new SignalCounter(_application.Services.GetRequiredService<IMeterFactory>());
        await _application.StartAsync();
        _running = true;
        var address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Url = new Uri(new Uri(address), "/mcp");
    }

    private void Customise(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Gates);
        builder.Services.AddSingleton<IConfigureCatalogue, TestCatalogue>();
        builder.Services.AddSingleton<TestTools>();
        var configuration = _options.Configuration ?? (_options.ConfigFile is null ? DemoConfiguration.Load().PermittingEverything() : null);
        if (configuration is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IConfigurationSource>(new TestConfigurationSource(configuration)));
        }

        _options.Customise?.Invoke(builder);
        if (_options.Time is { } time)
        {
            GiveTime(builder.Services, time);
        }
    }

    private void GiveTime(IServiceCollection services, TimeProvider time)
    {
        OwnTime.Give(services, time);
        if (_options is { Configuration: null, ConfigFile: { } file })
        {
            services.Replace(ServiceDescriptor.Singleton<IConfigurationSource>(provider => new ReloadingConfiguration(
                file, static _ => null, time, provider.GetRequiredService<ILogger<ReloadingConfiguration>>())));
        }
    }
}

/// <summary>What differs from the quick start.</summary>
public sealed class TestServerOptions
{
    /// <summary>A configuration file; null for the demo configuration with everything permitted.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>A configuration instead of a file.</summary>
    public ServerConfiguration? Configuration { get; init; }

    /// <summary>A data folder to use and leave; null for a fresh one that is deleted at the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>A clock that the test moves.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Anything else.</summary>
    public Action<WebApplicationBuilder>? Customise { get; init; }
}

/// <summary>One server for the tests of a class, with wide quotas.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(new TestServerOptions { Configuration = TestConfiguration.With() });

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
