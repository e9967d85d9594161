using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Quotas;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Storage.Sqlite.Folders;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>What a host gets from one call.</summary>
public sealed class CompositionTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Folder => Path.Combine(_scratch.Path, "data");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Everything_durable_is_there_on_one_database_that_is_let_go_with_the_host()
    {
        await using (var services = Build())
        {
            Assert.IsAssignableFrom<IReceiptAppendingStorage>(services.GetRequiredKeyedService<IGrainStorage>(SessionStorage.Name));
            Assert.All(
                (Type[])[typeof(ISessionRegistry), typeof(ILedgerStore), typeof(IRecordStore), typeof(IAuditReader), typeof(ISessionIdKeyRing), typeof(SessionIdIssuer)],
                type => Assert.NotNull(services.GetRequiredService(type)));
            services.GetRequiredService<IAuditSink>().Append(StoreContent.Entry("1"));
            Assert.Equal(HealthStatus.Healthy, (await HealthAsync(services)).Status);
            Assert.Throws<DataFolderLockedException>(() => Build().GetRequiredService<ILedgerStore>());
        }

        await using var next = Build();
        Assert.Equal(["acme"], await next.GetRequiredService<IAuditReader>().TenantsAsync(default)); // Written before the host was gone.
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_not_ready()
    {
        await using var services = Build();
        services.GetRequiredService<OrleansMcp.Storage.Sqlite.Database.StoreDatabase>().Dispose();
        var health = await HealthAsync(services);
        Assert.Equal((HealthStatus.Unhealthy, "cannot be written"), (health.Status, health.Entries["data folder"].Description));
    }

    private static Task<HealthReport> HealthAsync(IServiceProvider services) => services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private ServiceProvider Build() => new ServiceCollection()
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddSqliteStore(new SqliteStoreOptions(Folder))
        .BuildServiceProvider();
}
