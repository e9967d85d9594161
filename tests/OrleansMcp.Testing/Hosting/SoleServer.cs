using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Statistics;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Server;
using OrleansMcp.Hosting.Demo;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Time;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Hosting;

/// <summary>
/// The server of the quick start, in this process, on a free loopback port and a data folder of its own, with test tools beside the
/// demo tools. Real HTTP; restartable.
/// </summary>
internal sealed class SoleServer : TestServer
{
    private readonly TestServerOptions _options;
    private readonly string _dataFolder;
    private WebApplication _application = null!;
    private Uri? _url;
    private Gates _gates = null!;
    private SignalCounter _signals = null!;
    private bool _running;

    public SoleServer(TestServerOptions options)
    {
        _options = options;
        _dataFolder = options.DataFolder ?? Path.Combine(Path.GetTempPath(), "orleansmcp-tests", Guid.NewGuid().ToString("n"));
    }

    public override Uri Url => _url!;

    public override string DataFolder => _dataFolder;

    public override IServiceProvider Services => _application.Services;

    internal override Gates Gates => _gates;

    internal override SignalCounter Signals => _signals;

    /// <summary>Session actors in memory.</summary>
    public override int LiveActors => Live.Count(session => session.Exists);

    internal override IEnumerable<Session> Live => Services.GetRequiredService<Activations>().All;

    internal override Catalogue Catalogue => Services.GetRequiredService<Catalogue>();

    /// <summary>On the same port, which stays its own while it is stopped.</summary>
    public override Task StartAgainAsync() => StartAsync(_url?.GetLeftPart(UriPartial.Authority) ?? $"http://127.0.0.1:{FreePort.Next()}");

    /// <summary>Stops and leaves the data folder for the test to look at.</summary>
    public override async Task StopAsync()
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

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_options.DataFolder is null && Directory.Exists(DataFolder))
        {
            Directory.Delete(DataFolder, recursive: true);
        }
    }

    /// <summary>Lets time go by until every session has left memory, and none has ended.</summary>
    internal override async Task SendToSleepAsync(FakeTimeProvider time)
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

    internal override async Task SweepAsync()
    {
        await Services.GetRequiredService<ExpiryService>().RunOnceAsync();
        await Services.GetRequiredService<PassivationService>().TickAsync(CancellationToken.None);
    }

    /// <summary>The audit of this server, all lines.</summary>
    public override string ReadAudit() => StoredRows.Audit(DataFolder);

    /// <summary>What is stored, except the audit, which grows by attempts on purpose: a name a row.</summary>
    public override IReadOnlyList<string> StateFiles() => [.. StoredRows.Read(DataFolder).Keys.Order(StringComparer.Ordinal)];

    /// <summary>What a row holds.</summary>
    public override string ReadState(string row) => StoredRows.Read(DataFolder)[row];

    private async Task StartAsync(string url)
    {
        _gates = new Gates();
        _application = ServerHost.Build(new ServerSettings { ConfigFile = _options.ConfigFile, Urls = url, DataFolder = DataFolder }, Customise);
        _signals = new SignalCounter(_application.Services.GetRequiredService<IMeterFactory>());
        await _application.StartAsync();
        _running = true;
        var address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _url = new Uri(new Uri(address), "/mcp");
    }

    private void Customise(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Gates);
        builder.Services.AddMcpServer().WithTestTools();
        builder.Services.Replace(ServiceDescriptor.Singleton<IEnvironmentStatisticsProvider, NoStatistics>());
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
                file, [], () => OfferedNames.Of(provider.GetRequiredService<Catalogue>()), static _ => null, time, provider.GetRequiredService<ILogger<ReloadingConfiguration>>())));
        }
    }

    /// <summary>Orleans measures nothing here: to begin with, it would collect the garbage of the whole process, at each start of a server.</summary>
    private sealed class NoStatistics : IEnvironmentStatisticsProvider
    {
        public EnvironmentStatistics GetEnvironmentStatistics() => default;
    }
}
