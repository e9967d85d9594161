using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansMcp.Configuration;
using OrleansMcp.Embedded;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Embedded.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.State;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Engine.Embedded;

/// <summary>Engine 1 without a front end: actors in this process, on a data folder of their own.</summary>
internal sealed class EmbeddedEngine : IEngine
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "orleansmcp-tests", Guid.NewGuid().ToString("n"));
    private ServerConfiguration _configuration;
    private readonly RefusingStore _store = new();
    private readonly AuditList _audit = new();
    private IHost _host = null!;

    private EmbeddedEngine(ServerConfiguration configuration) => _configuration = configuration;

    public int NodeCount => 1;

    public SessionIdIssuer Ids => Get<SessionIdIssuer>();

    public ManualTimeProvider Time { get; } = new();

    public SignalCounter Signals { get; private set; } = null!;

    public IReadOnlyCollection<AuditEntry> Audit => _audit.Entries;

    public Gates Gates { get; } = new();

    public bool StoreFails
    {
        get => _store.Refuses;
        set => _store.Refuses = value;
    }

    private EmbeddedSessionDirectory Actors => Get<EmbeddedSessionDirectory>();

    public static async Task<IEngine> StartAsync(ServerConfiguration configuration)
    {
        var engine = new EmbeddedEngine(configuration);
        await engine.StartAsync();
        return engine;
    }

    public void Configure(ServerConfiguration configuration)
    {
        _configuration = configuration;
        ((TestConfigurationSource)Get<IConfigurationSource>()).Current = configuration;
    }

    public ISessionDirectory Directory(int node) => Get<ISessionDirectory>();

    public ITenantDirectory Tenants(int node) => Get<ITenantDirectory>();

    public async Task SendToSleepAsync()
    {
        await Eventually.Holds(() => Actors.Live.All(session => !session.IsBusy), "every session was quiet");
        Time.Advance(_configuration.Sessions.PassivateAfter);
        await Eventually.Holds(
            async () =>
            {
                await TendAsync();
                return Actors.LiveCount == 0;
            },
            "every session left memory");
    }

    public Task TendAsync() => Get<Sweeper>().SweepAsync(CancellationToken.None);

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    // Whatever the table holds counts, so that an actor with nothing behind it is found out.
    public int ActorsOf(SessionKey key) => Actors.TryGetLive(key, out _) ? 1 : 0;

    public async Task<bool> HasRecordAsync(SessionKey key) => await _store.Inner.LoadAsync(key, CancellationToken.None) is not null;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        System.IO.Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        var services = builder.Services;
        services.AddLogging().AddMetrics();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(Gates);
        services.AddSingleton<IConfigureCatalogue, EngineCatalogue>();
        services.AddSingleton<IConfigurationSource>(new TestConfigurationSource(_configuration));
        services.AddSessionActors(_ => { });
        services.AddEmbeddedEngine(_folder);
        services.AddSingleton<IAuditSink>(_audit);
        services.AddSingleton<ISessionStore>(provider =>
        {
            _store.Inner = provider.GetRequiredService<FileSessionStore>();
            return _store;
        });
        _host = builder.Build();
        Signals = new SignalCounter(Get<IMeterFactory>());
        await _host.StartAsync().InTime("the engine started");
    }

    private async Task StopAsync()
    {
        Signals.Dispose();
        await _host.StopAsync().InTime("the engine stopped");
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>A store that takes nothing while it is told so.</summary>
    private sealed class RefusingStore : ISessionStore
    {
        private volatile bool _refuses;

        public ISessionStore Inner { get; set; } = null!;

        public bool Refuses
        {
            get => _refuses;
            set => _refuses = value;
        }

        public ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken) =>
            Inner.LoadAsync(key, cancellationToken);

        public ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken) => _refuses
            ? ValueTask.FromException(new IOException("No space left on device"))
            : Inner.SaveAsync(record, cancellationToken);

        public ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken) => Inner.DeleteAsync(key, cancellationToken);
    }
}
