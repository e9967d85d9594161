using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>When a tenant's actor that lives in this process may be called without its grain, and when not.</summary>
public sealed class LocalTenantTests : IAsyncLifetime
{
    private static readonly SessionKey s_session = SessionKey.OfSession("acme", new byte[16]);

    private ClusterEngine _engine = null!;

    private IServiceProvider Here => _engine.Cluster.Silos[0];

    private LocalTenants Local => Here.GetRequiredService<LocalTenants>();

    public async ValueTask InitializeAsync()
    {
        _engine = (ClusterEngine)await ClusterEngine.StartLocalAsync(TestConfiguration.With(quotas: new QuotaConfiguration { CallsPerMinute = 100 }));
        await ((IEngine)_engine).OpenAsync(new Caller("acme", "alice", "alice"));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public void An_actor_of_this_process_is_found_here() => Assert.NotNull(Local.Find("acme"));

    [Theory]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Dead)]
    public void A_silo_that_is_no_active_member_hands_out_nothing_without_the_grain(SiloStatus status) =>
        Assert.Null(Publishing(Local.Find("acme")!, status).Find("acme"));

    [Fact]
    public async Task An_actor_that_was_not_confirmed_for_ten_seconds_is_looked_up_first()
    {
        _engine.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(Local.Find("acme"));
        await Eventually.Holds(() => Local.Find("acme") is not null, "the directory confirmed it");
    }

    [Fact]
    public async Task What_an_actor_refuses_because_it_leaves_the_next_activation_decides()
    {
        var left = Local.Find("acme")!;
        left.Activation.Leave("The test wants it.");
        await Eventually.Holds(() => left.HasLeft, "it left");
        var tenant = new ClusterTenants(Here.GetRequiredService<IGrainFactory>(), Publishing(left, SiloStatus.Active)).Get("acme");

        Assert.Null(await tenant.RegisterAsync(new SessionOwner("acme", "alice", "alice", KeyThumbprint: null), s_session, DateTimeOffset.UtcNow, CancellationToken.None));
        var lease = await tenant.LeaseAsync(
            new QuotaRequest("alice", s_session) { Wanted = [new QuotaWish(Quota.Calls, 1, 1)] }, CancellationToken.None);
        Assert.Equal(1, Assert.Single(lease.Granted).Amount);
        await tenant.UnregisterAsync("alice", s_session, CancellationToken.None);
        Assert.DoesNotContain(s_session, await tenant.ListSessionsAsync("alice", CancellationToken.None));
    }

    private static LocalTenants Publishing(TenantGrain actor, SiloStatus status)
    {
        var published = new LocalTenants(new LocalWay(LocalWayTests.Oracle.Saying(status), directory: null, NullLogger<LocalWay>.Instance));
        published.Add("acme", actor);
        return published;
    }
}
