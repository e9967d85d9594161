using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Hosting;
using OrleansMcp.Http;
using OrleansMcp.Http.Operators;
using OrleansMcp.Hosting.Demo;
using OrleansMcp.Sessions;
using OrleansMcp.Hosting.Callers;
using OrleansMcp.Tenants;
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
    private readonly bool _isPlain = options is { Time: null, Customise: null };
    private readonly List<WebApplication> _gateways = [];
    private SiloPair? _silos;
    private SignalCounter _signals = null!;
    private int _next;

    internal override int MostLostToOverdueAnswers => 6;

    public override Uri Url => Urls[0];

    internal Uri[] Urls { get; private set; } = [];

    internal override Gates Gates => _silos!.Gates;

    internal override SignalCounter Signals => _signals;

    internal ClusterWorld World => _silos!.World;

    internal SessionCluster Cluster => _silos!.Cluster;

    public override IServiceProvider Services => _gateways[0].Services;

    public override int LiveActors => Cluster.LiveActors;

    internal override IEnumerable<Session> Live => Cluster.Actors;

    internal override Catalogue Catalogue => World.Catalogue;

    public override async Task StartAgainAsync()
    {
        if (_silos is { } former)
        {
            await former.StartAgainAsync(NewConfiguration());
        }
        else
        {
            _silos = await TakeSilosAsync();
        }

        _signals = new SignalCounter(World.Meters);
        for (var i = 0; i < Gateways; i++)
        {
            _gateways.Add(await StartGatewayAsync(Urls.Length > i ? Urls[i].GetLeftPart(UriPartial.Authority) : $"http://127.0.0.1:{FreePort.Next()}"));
        }

        Urls = [.. _gateways.Select(UrlOf)];
    }

    public override async Task StopAsync()
    {
        if (_gateways.Count > 0)
        {
            await StopGatewaysAsync();
            await _silos!.StopAsync();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isPlain && _gateways.Count > 0)
        {
            await StopGatewaysAsync();
            await SiloPair.Plain.GiveBackAsync(_silos!);
        }
        else
        {
            await StopAsync();
        }
    }

    public override string ReadAudit() => World.Audit.ToString();

    /// <summary>What is stored, a name a record.</summary>
    public override IReadOnlyList<string> StateFiles() => [.. World.Storage.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>What a record holds.</summary>
    public override string ReadState(string name) => World.Storage.Text(Orleans.Runtime.GrainId.Parse(name));

    internal override async Task SendToSleepAsync(FakeTimeProvider time)
    {
        await Eventually.Holds(() => Cluster.Actors.All(session => !session.IsBusy), "every session was quiet");
        time.Advance(TimeSpan.FromMinutes(10));
        await Eventually.Holds(
            async () =>
            {
                await Cluster.CollectAsync();
                return !Cluster.Actors.Any();
            },
            "every session left memory");
    }

    internal override async Task SweepAsync()
    {
        await Cluster.RunOnceAsync();
        await Cluster.CollectAsync();
    }

    private protected override Uri NextUrl() => Urls[Interlocked.Increment(ref _next) % Urls.Length];

    private ServerConfiguration NewConfiguration() => _options.Configuration
        ?? (_options.ConfigFile is { } file ? ConfigurationFile.Load(file) : DemoConfiguration.Load().PermittingEverything());

    private Task<SiloPair> TakeSilosAsync() => _isPlain
        ? SiloPair.Plain.TakeAsync(NewConfiguration())
        : SiloPair.StartAsync(NewConfiguration(), _options.Time, _options.Customise);

    private async Task StopGatewaysAsync()
    {
        Signals.Dispose();
        foreach (var gateway in _gateways)
        {
            await gateway.StopAsync().InTime("the gateway stopped");
            await gateway.DisposeAsync();
        }

        _gateways.Clear();
    }

    private async Task<WebApplication> StartGatewayAsync(string url)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(static (_, kestrel) => KestrelLimits.Apply(kestrel));
        World.Register(builder.Services);
        builder.Services.AddSingleton<ISessionDirectory>(new ClusterSessionDirectory(Cluster.Client, World.Catalogue, World.Ids));
        builder.Services.AddSingleton<ITenantDirectory>(new ClusterTenants(Cluster.Client));
        builder.Services.AddHealthEndpoints();
        builder.Services.AddIdentityProviders();
        builder.Services.AddMcpFrontEnd();
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
