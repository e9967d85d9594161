using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Runtime;
using OrleansMcp.Auditing;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;
using OrleansMcp.Tools;

namespace OrleansMcp.Cluster.Tests.Engine;

/// <summary>Without a front end: grains on two silos, reached from each of them, on storage that outlives both.</summary>
internal sealed class ClusterEngine : IEngine, IReusable
{
    private readonly bool _isLocal;
    private Pool<ClusterEngine>? _pool;
    private ServerConfiguration _configuration;
    private ClusterWorld _world = null!;
    private SessionCluster _cluster = null!;
    private ISessionDirectory[] _directories = [];

    private ClusterEngine(ServerConfiguration configuration, bool isLocal) => (_configuration, _isLocal) = (configuration, isLocal);

    /// <summary>Two silos; every call goes through the grain. The end of a session is marked, then the record is deleted.</summary>
    public static Pool<ClusterEngine> Pair { get; } = new(static configuration => StartOwnAsync(configuration, isLocal: false));

    /// <summary>One silo, whose sessions are reached by method calls, and whose storage takes the receipt of an end with the deletion.</summary>
    public static Pool<ClusterEngine> Sole { get; } = new(static configuration => StartOwnAsync(configuration, isLocal: true));

    public int NodeCount => _isLocal ? 1 : 2;

    public SessionIdIssuer Ids => _world.Ids;

    public FakeTimeProvider Time { get; } = new();

    public SignalCounter Signals { get; private set; } = null!;

    public Gates Gates { get; } = new();

    public bool StoreFails
    {
        get => _world.Storage.RefusesWrites;
        set => _world.Storage.RefusesWrites = value;
    }

    public IReadOnlyCollection<AuditEntry> Audit => _world.Audit.Entries;

    public SessionCluster Cluster => _cluster;

    public ClusterWorld World => _world;

    public static async Task<IEngine> StartAsync(ServerConfiguration configuration) => await TakeAsync(Pair, configuration);

    public static async Task<IEngine> StartLocalAsync(ServerConfiguration configuration) => await TakeAsync(Sole, configuration);

    public static Task<ClusterEngine> StartClusterAsync(ServerConfiguration configuration) => TakeAsync(Pair, configuration);

    /// <summary>One that no other test uses before or after: for what stays with a silo as long as it runs.</summary>
    public static async Task<ClusterEngine> StartOwnAsync(ServerConfiguration configuration, bool isLocal)
    {
        var engine = new ClusterEngine(configuration, isLocal);
        await engine.StartAsync();
        return engine;
    }

    public async Task ClearAsync()
    {
        await _cluster.EmptyAsync();
        _world.Clear();
        Gates.Clear();
        Time.SkipToNextDay();
        Signals.Dispose();
        Signals = new SignalCounter(_world.Meters);
    }

    public void Configure(ServerConfiguration configuration)
    {
        _configuration = configuration;
        ((TestConfigurationSource)_world.Configuration).Current = configuration;
    }

    public ISessionDirectory Directory(int node) => _directories[node];

    public ITenantDirectory Tenants(int node) => _cluster.Silos[node].GetRequiredService<ITenantDirectory>();

    public async Task SendToSleepAsync()
    {
        await Eventually.Holds(() => _cluster.Actors.All(session => !session.IsBusy), "every session was quiet");
        Time.Advance(_configuration.Sessions.PassivateAfter);
        await Eventually.Holds(
            async () =>
            {
                await _cluster.CollectAsync();
                return !_cluster.Actors.Any();
            },
            "every session left memory");
    }

    public async Task CheckExpiryAsync()
    {
        await _cluster.RunOnceAsync();
        await _cluster.CollectAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public int ActorsOf(SessionKey key) =>
        _cluster.Silos.Sum(silo => silo.GetRequiredService<Activations>().All.Count(session => session.Key == key));

    public Task<bool> HasRecordAsync(SessionKey key) => Task.FromResult(_world.Storage.Has(GrainId.Create(SessionGrain.GrainType, key.Value)));

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _pool, null)?.GiveBackAsync(this) ?? new(StopAsync());

    private static async Task<ClusterEngine> TakeAsync(Pool<ClusterEngine> pool, ServerConfiguration configuration)
    {
        var engine = await pool.TakeAsync(configuration);
        engine._pool = pool;
        return engine;
    }

    private async Task StartAsync()
    {
        var former = _world;
        var audit = former?.Audit ?? new();
        _world = new ClusterWorld
        {
            Application = NewApplication(),
            Configuration = new TestConfigurationSource(_configuration),
            Time = Time,
            Ids = former?.Ids ?? new([System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)]),
            Audit = audit,
            Storage = former?.Storage ?? (_isLocal ? new ReceiptStorage(audit) : new DurableStorage()),
            Registry = former?.Registry ?? new(),
            Records = former?.Records ?? new(),
        };
        Signals = new SignalCounter(_world.Meters);
        _cluster = await SessionCluster.StartAsync(_world, silos: (short)NodeCount);
        _directories = [.. _cluster.Silos.Select(DirectoryOf)];
    }

    private ISessionDirectory DirectoryOf(IServiceProvider silo) => _isLocal
        ? silo.GetRequiredService<ISessionDirectory>()
        : new ClusterSessionDirectory(silo.GetRequiredService<IGrainFactory>(), _world.Catalogue, _world.Ids);

    private async Task StopAsync()
    {
        Signals.Dispose();
        await _cluster.DisposeAsync();
    }

    private IServiceProvider NewApplication()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(Gates);
        builder.Services.AddSessionActors().AddMcpServer().WithEngineTools().WithTools<GatedIncrement>();
        return builder.Build().Services;
    }
}
