using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Hosting;
using OrleansMcp.Http;
using OrleansMcp.Http.Operators;
using OrleansMcp.Server.Demo;
using OrleansMcp.Sessions;
using OrleansMcp.Server.Callers;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Time;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Cluster;

/// <summary>
/// Two gateways in front of two silos, in this process, with real HTTP: what the tests of one process ask for, answered by a
/// cluster. Clients are spread over the gateways.
/// </summary>
internal sealed class GatewayServer(TestServerOptions options) : TestServer
{
    private const int Gateways = 2;

    private readonly TestServerOptions _options = options;
    private readonly List<WebApplication> _gateways = [];
    private ClusterWorld? _world;
    private SessionCluster _cluster = null!;
    private Gates _gates = null!;
    private SignalCounter _signals = null!;
    private int _next;

    internal override int MostLostToOverdueAnswers => 6;

    public override Uri Url => Urls[0];

    internal Uri[] Urls { get; private set; } = [];

    internal override Gates Gates => _gates;

    internal override SignalCounter Signals => _signals;

    internal ClusterWorld World => _world!;

    internal SessionCluster Cluster => _cluster;

    public override IServiceProvider Services => _gateways[0].Services;

    public override int LiveActors => _cluster.LiveActors;

    internal override IEnumerable<Session> Live => _cluster.Actors;

    internal override Catalogue Catalogue => World.Catalogue;

    public override async Task StartAgainAsync()
    {
        _gates = new Gates();
        _world = NewWorld();
        _signals = new SignalCounter(_world.Meters);
        _cluster = await SessionCluster.StartAsync(_world);
        for (var i = 0; i < Gateways; i++)
        {
            _gateways.Add(await StartGatewayAsync(Urls.Length > i ? Urls[i].GetLeftPart(UriPartial.Authority) : $"http://127.0.0.1:{FreePort.Next()}"));
        }

        Urls = [.. _gateways.Select(UrlOf)];
    }

    public override async Task StopAsync()
    {
        if (_gateways.Count == 0)
        {
            return;
        }

        Signals.Dispose();
        foreach (var gateway in _gateways)
        {
            await gateway.StopAsync().InTime("the gateway stopped");
            await gateway.DisposeAsync();
        }

        _gateways.Clear();
        await _cluster.DisposeAsync();
    }

    public override ValueTask DisposeAsync() => new(StopAsync());

    public override string ReadAudit() => World.Audit.ToString();

    /// <summary>What is stored, a name a record.</summary>
    public override IReadOnlyList<string> StateFiles() => [.. World.Storage.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>What a record holds.</summary>
    public override string ReadState(string name) => World.Storage.Text(Orleans.Runtime.GrainId.Parse(name));

    internal override async Task SendToSleepAsync(ManualTimeProvider time)
    {
        await Eventually.Holds(() => _cluster.Actors.All(session => !session.IsBusy), "every session was quiet");
        time.Advance(TimeSpan.FromMinutes(10));
        await Eventually.Holds(
            async () =>
            {
                await _cluster.CollectAsync();
                return !_cluster.Actors.Any();
            },
            "every session left memory");
    }

    internal override async Task SweepAsync()
    {
        await _cluster.StrikeAsync();
        await _cluster.CollectAsync();
    }

    private protected override Uri NextUrl() => Urls[Interlocked.Increment(ref _next) % Urls.Length];

    private ClusterWorld NewWorld()
    {
        var former = _world;
        return new ClusterWorld
        {
            Catalogue = NewCatalogue(),
            Configuration = _options.Configuration is { } configuration
                ? new TestConfigurationSource(configuration)
                : new FixedConfiguration(_options.ConfigFile is { } file ? ConfigurationFile.Load(file) : DemoConfiguration.Load().PermittingEverything()),
            Time = _options.Time ?? TimeProvider.System,
            Ids = former?.Ids ?? new([System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)]),
            Storage = former?.Storage ?? new(),
            Registry = former?.Registry ?? new(),
        };
    }

    /// <summary>The tools of all silos and gateways, gates included.</summary>
    private Catalogue NewCatalogue()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(Gates);
        builder.Services.AddSingleton<IConfigureCatalogue, TestCatalogue>();
        builder.Services.AddSingleton<TestTools>();
        builder.Services.AddSessionActors(catalogue => catalogue
            .ServerInfo("OrleansMcp", "0.1.0").AddTools<OrleansMcp.Server.Demo.DemoTools>().AddTools<SecretTools>().AddTools<CacheTools>().AddToolLog().AddResources<DemoResources>().AddPrompts<DemoPrompts>());
        if (_options.Time is { } time)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(time));
        }

        _options.Customise?.Invoke(builder);
        return builder.Build().Services.GetRequiredService<Catalogue>();
    }

    private async Task<WebApplication> StartGatewayAsync(string url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel((_, kestrel) => KestrelLimits.Apply(kestrel, World.Configuration.Current.Endpoint));
        World.Register(builder.Services);
        builder.Services.AddSingleton<ISessionDirectory>(new ClusterSessionDirectory(_cluster.Client, World.Catalogue));
        builder.Services.AddSingleton<ITenantDirectory>(new ClusterTenants(_cluster.Client));
        builder.Services.AddMcpFrontEnd();
        builder.Services.AddIdentityProviders();
        if (_options.Time is { } time)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(time));
        }

        _options.Customise?.Invoke(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton(World.Catalogue));
        var gateway = builder.Build();
        gateway.UseIdentityProviders();
        gateway.MapMcpEndpoint("/mcp");
        gateway.MapOperatorEndpoints();
        gateway.MapHealthEndpoints();
        await gateway.StartAsync();
        return gateway;
    }

    private static Uri UrlOf(WebApplication gateway) =>
        new(new Uri(gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/mcp");
}
