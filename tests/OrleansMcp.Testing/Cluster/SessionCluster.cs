using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansMcp.Auditing;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Hosting;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Hosting;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hostile;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;
using OrleansMcp.Upstream;

namespace OrleansMcp.Tests.Cluster;

/// <summary>What the processes of a test's cluster share, and what outlives them.</summary>
internal sealed class ClusterWorld
{
    /// <summary>The application that holds the catalogue. Its tools are made of its services on every silo, so that a test shares a gate with them.</summary>
    public required IServiceProvider Application { get; init; }

    public Catalogue Catalogue => Application.GetRequiredService<Catalogue>();

    public required IConfigurationSource Configuration { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public SessionIdIssuer Ids { get; init; } = new([System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)]);

    public DurableStorage Storage { get; init; } = new();

    public DurableRegistry Registry { get; init; } = new();

    public DurableRecords Records { get; init; } = new();

    public SharedMeters Meters { get; } = new();

    public AuditList Audit { get; init; } = new();

    /// <summary>What the silos log as errors.</summary>
    public ErrorLog Errors { get; } = new();

    public SecretCalls SecretCalls { get; } = new();

    public SealedTokens SealedTokens { get; } = new();

    public CalledGrains Grains { get; } = new();

    /// <summary>What a front end and a silo both need.</summary>
    public void Register(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<IMeterFactory>(Meters));
        services.Replace(ServiceDescriptor.Singleton<IAuditSink>(Audit));
        services.Replace(ServiceDescriptor.Singleton(Configuration));
        services.Replace(ServiceDescriptor.Singleton(Ids));
        services.Replace(ServiceDescriptor.Singleton(Catalogue));
        services.AddSessionActors();
        services.AddUpstreamServers();
    }

    /// <summary>Forgets what a test left in it. Nothing must be in memory.</summary>
    public void Clear()
    {
        Errors.Clear();
        Storage.Clear();
        Registry.Clear();
        Records.Clear();
        Audit.Clear();
        SecretCalls.Clear();
        SealedTokens.Clear();
    }
}

/// <summary>Silos in this process, with sessions in their grains.</summary>
internal sealed class SessionCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private readonly ClusterWorld _world;

    private SessionCluster(InProcessTestCluster cluster, ClusterWorld world) => (_cluster, _world) = (cluster, world);

    public IClusterClient Client => _cluster.Client;

    public IReadOnlyList<IServiceProvider> Silos => [.. _cluster.Silos.Select(silo => silo.SiloHost.Services)];

    public InProcessTestCluster Inner => _cluster;

    /// <summary>Session actors in memory that have something behind them.</summary>
    public int LiveActors => Silos.Sum(silo => silo.GetRequiredService<Activations>().All.Count(session => session.Exists));

    public IEnumerable<Session> Actors => Silos.SelectMany(silo => silo.GetRequiredService<Activations>().All);

    public static async Task<SessionCluster> StartAsync(ClusterWorld world, short silos = 2)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
#pragma warning disable ORLEANSEXP003 // Otherwise the silos of a test would share a directory that production has not.
        builder.Options.UseDistributedGrainDirectory = true;
#pragma warning restore ORLEANSEXP003
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Logging.ClearProviders().AddProvider(world.Errors);
            world.Register(host.Services);
            host.Services.AddKeyedSingleton<IGrainStorage>(SessionStorage.Name, world.Storage);
            host.Services.AddSingleton<ISessionRegistry>(world.Registry);
            host.Services.AddSingleton<IRecordStore>(world.Records);
            host.Services.Replace(ServiceDescriptor.Singleton(services => ActivatorUtilities.CreateInstance<RecordHost>(services, world.Time)));
            host.Services.AddSingleton<IIncomingGrainCallFilter>(world.SecretCalls);
            host.Services.AddSingleton<IIncomingGrainCallFilter>(world.SealedTokens);
            host.Services.AddSingleton<IIncomingGrainCallFilter>(world.Grains);

            // Orleans keeps its own time: a test moves the clock of the sessions alone.
            host.Services.Replace(ServiceDescriptor.Singleton(services => ActivatorUtilities.CreateInstance<SessionFactory>(services, world.Time, world.Application)));
        });
        builder.ConfigureSilo((_, silo) => silo.AddSessionGrains());
        builder.ConfigureClient(client => client.AddSessionDirectory());
        builder.ConfigureClientHost(host =>
        {
            host.Logging.ClearProviders();
            world.Register(host.Services);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new SessionCluster(cluster, world);
    }

    /// <summary>Sessions that were not used for long enough leave memory.</summary>
    public async Task CollectAsync()
    {
        foreach (var silo in Silos)
        {
            await silo.GetRequiredService<PassivationService>().TickAsync(CancellationToken.None);
        }
    }

    public async Task RunOnceAsync()
    {
        foreach (var silo in Silos)
        {
            await silo.GetRequiredService<ExpiryService>().RunOnceAsync();
        }
    }

    /// <summary>
    /// Sends every grain out of memory in the order in which a stopping process does: sessions, what they owe their tenants, the tenants. The
    /// silos stay, and with them what a process keeps as long as it runs.
    /// </summary>
    public async Task EmptyAsync()
    {
        _world.Storage.Mend();
        var tenants = _world.Configuration.Current.Tenants.Keys;
        Assert.False(
            Silos.Any(silo => tenants.Any(silo.GetRequiredService<StoppedTenants>().Contains)),
            "A process does not forget that a tenant is stopped: a test that damages rows needs silos of its own.");
        await Task.WhenAll(Actors.Select(LeaveAsync)).InTime("every session left memory");
        await Task.WhenAll(Silos.Select(silo => silo.GetRequiredService<SessionFactory>().ToolLog.FlushAsync(CancellationToken.None)));
        await Eventually.Holds(
            async () =>
            {
                await _world.Grains.DeactivateAsync().InTime("every grain left memory");
                return !Actors.Any();
            },
            "no session came back");
    }

    private static async Task LeaveAsync(Session session)
    {
        await session.LeaveAsync();
        await session.Settlement;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        _world.Meters.DisposeAll();
    }
}
