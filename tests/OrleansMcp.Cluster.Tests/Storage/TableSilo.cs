using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Cluster.Tests.Processes;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Hosting;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables.Audit;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>A silo in this process that keeps everything in tables, composed as in production.</summary>
internal sealed class TableSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private TableSilo(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IGrainStorage Storage => Services.GetRequiredKeyedService<IGrainStorage>(SessionStorage.Name);

    public ISiloStatusOracle Silos => Services.GetRequiredService<ISiloStatusOracle>();

    public SiloAddress Address => Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    public static async Task<TableSilo> StartAsync(TableServiceClient tables, string cluster)
    {
        var settings = SettingsOf(cluster);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(tables);
        builder.Services.AddSingleton<IAuditSink, TableAudit>();
        builder.Services.AddSingleton<IConfigurationSource>(new TestConfigurationSource(TestConfiguration.With()));
        builder.Services.AddSingleton(new SessionIdIssuer([RandomNumberGenerator.GetBytes(32)]));
        builder.Services.AddSessionActors();
        builder.UseOrleans(silo =>
        {
            ClusterSetup.Configure(silo, settings, tables);
            silo.AddSessionStore(settings, tables);
        });
        var host = builder.Build();
        await host.StartAsync().InTime("a silo joined");
        return new TableSilo(host);
    }

    /// <summary>Opens a session of this caller and returns what answers for it.</summary>
    public async Task<(SessionKey Key, ISession Session)> OpenAsync(Caller caller)
    {
        var key = Services.GetRequiredService<SessionIdIssuer>().Issue(caller).Key;
        var session = Services.GetRequiredService<ISessionDirectory>().Get(key);
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(Rpc.Initialize(1, "2025-11-25")), out var initialize, out _));
        var reply = await session.OpenAsync(caller, initialize, CancellationToken.None).InTime("a session opened");
        Assert.Equal(ReplyKind.Message, reply.Kind);
        return (key, session);
    }

    public Task StopAsync() => _host.StopAsync().InTime("a silo left");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private static ServerSettings SettingsOf(string cluster) => new()
    {
        Role = ServerRole.Silo,
        Store = StoreKind.Tables,
        Clustering = ClusteringKind.Tables,
        ClusterId = cluster,
        ServiceId = cluster,
        Endpoints = new EndpointSettings { SiloPort = FreePort.Next(), GatewayPort = FreePort.Next() },

        // A busy test machine pauses; nobody dies of it here.
        FailureDetection = new FailureDetectionSettings { Probe = TimeSpan.FromSeconds(10) },
    };
}
