using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting;
using OrleansMcp.Server.Demo;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Cluster;

/// <summary>Two silos, for gateways in front of them, and what outlives them.</summary>
internal sealed class SiloPair : IReusable
{
    private readonly TimeProvider? _time;
    private readonly Action<WebApplicationBuilder>? _customise;
    private ClusterWorld? _world;
    private SessionCluster? _cluster;

    private SiloPair(TimeProvider? time, Action<WebApplicationBuilder>? customise) => (_time, _customise) = (time, customise);

    /// <summary>Pairs without anything of a test's own, which serve one test after the other.</summary>
    public static Pool<SiloPair> Plain { get; } = new(static configuration => StartAsync(configuration, time: null));

    public Gates Gates { get; private set; } = new();

    public ClusterWorld World => _world!;

    public SessionCluster Cluster => _cluster!;

    public static async Task<SiloPair> StartAsync(
        ServerConfiguration configuration, TimeProvider? time = null, Action<WebApplicationBuilder>? customise = null)
    {
        var silos = new SiloPair(time, customise);
        await silos.StartAgainAsync(configuration);
        return silos;
    }

    /// <summary>Starts after a stop, with the same state.</summary>
    public async Task StartAgainAsync(ServerConfiguration configuration)
    {
        var former = _world;
        Gates = new Gates();
        _world = new ClusterWorld
        {
            Application = NewApplication(),
            Configuration = new TestConfigurationSource(configuration),
            Time = _time ?? TimeProvider.System,
            Ids = former?.Ids ?? new([System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)]),
            Storage = former?.Storage ?? new(),
            Registry = former?.Registry ?? new(),
            Records = former?.Records ?? new(),
        };
        _cluster = await SessionCluster.StartAsync(_world);
    }

    public void Configure(ServerConfiguration configuration) => ((TestConfigurationSource)World.Configuration).Current = configuration;

    public async Task ClearAsync()
    {
        await Cluster.EmptyAsync();
        World.Clear();
        Gates.Clear();
    }

    public async Task StopAsync()
    {
        if (_cluster is { } running)
        {
            _cluster = null;
            await running.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>The tools of all silos and gateways, gates included.</summary>
    private IServiceProvider NewApplication()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(Gates);
        builder.Services.AddSessionActors().AddMcpServer(static options => options.ServerInfo = new() { Name = "OrleansMcp", Version = "0.1.0" })
            .WithDemo().WithTestTools();
        if (_time is { } time)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(time));
        }

        _customise?.Invoke(builder);
        return builder.Build().Services;
    }
}
