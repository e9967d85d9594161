using OrleansMcp.Caching;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>A kept result answers the sessions that its key names, and no other: the key holds tenant, client, subject and permissions.</summary>
public abstract class CacheSharingContract : EngineContract
{
    private const string ForClient = "cached_client";
    private const string ForTenant = "cached_tenant";

    private static readonly Caller s_another = Alice with { Subject = "another user" };

    [Fact]
    public async Task Another_session_of_the_client_is_answered_too()
    {
        await using var engine = await StartAsync();
        var run = await (await engine.OpenAsync(Alice)).CallTextAsync(ForClient, new { what = "client" });
        Assert.Equal(run, await (await engine.OpenAsync(Alice)).Elsewhere().CallTextAsync(ForClient, new { what = "client" }));
    }

    [Fact]
    public async Task What_a_client_brought_answers_no_other_client_subject_or_tenant()
    {
        await using var engine = await StartAsync();
        var run = await (await engine.OpenAsync(Alice)).CallTextAsync(ForClient);
        foreach (var other in new[] { Bob, Carol, s_another })
        {
            Assert.NotEqual(run, await (await engine.OpenAsync(other)).CallTextAsync(ForClient));
            Assert.NotEqual(run, await engine.Principal(other).CallTextAsync(ForClient));
        }
    }

    [Fact]
    public async Task What_is_shared_answers_the_tenant_and_no_other()
    {
        await using var engine = await StartAsync();
        var run = await (await engine.OpenAsync(Alice)).CallTextAsync(ForTenant);
        Assert.Equal(run, await (await engine.OpenAsync(Bob)).Elsewhere().CallTextAsync(ForTenant));
        Assert.Equal(run, await (await engine.OpenAsync(s_another)).CallTextAsync(ForTenant));
        Assert.NotEqual(run, await (await engine.OpenAsync(Carol)).CallTextAsync(ForTenant));
    }

    [Theory]
    [InlineData(ForClient)]
    [InlineData(ForTenant)]
    public async Task A_session_with_other_permissions_is_not_answered(string tool)
    {
        await using var engine = await StartAsync(TestConfiguration.With().Scoped(("few", ["tool:cached_*"]), ("all", ["tool:*", "resource:*"])));
        var run = await (await engine.OpenAsync(Alice)).CallTextAsync(tool);
        var narrow = engine.Unopened(Alice);
        await narrow.InitializeAskingAsync(new[] { "tool:cached_*" });
        var other = await narrow.CallTextAsync(tool);
        Assert.NotEqual(run, other);

        // The same permissions, this time for want of scopes: the credential counts, not how the set came to be.
        var scoped = (await engine.OpenAsync(Alice)).As(Alice with { Scopes = new HashSet<string> { "few" } });
        Assert.Equal(other, await scoped.CallTextAsync(tool));
        Assert.NotEqual(other, await scoped.As(Alice with { Scopes = new HashSet<string> { "all" } }).CallTextAsync(tool));
    }

    [Fact]
    public async Task After_a_shrink_nothing_is_left_of_what_the_client_brought()
    {
        await using var engine = await StartAsync();
        var (shrunk, wide, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        var (own, shared) = (await wide.CallTextAsync(ForClient), await wide.CallTextAsync(ForTenant));
        var bobs = await bob.CallTextAsync(ForClient);
        await shrunk.Elsewhere().OperateAsync(OperatorAction.Shrink, "tool:cached_*");
        var again = await wide.CallTextAsync(ForClient);
        Assert.NotEqual(own, again);
        Assert.NotEqual(shared, await bob.CallTextAsync(ForTenant));
        Assert.Equal(bobs, await bob.CallTextAsync(ForClient));
        Assert.NotEqual(again, await shrunk.CallTextAsync(ForClient)); // Kept again, and out of the reach of the shrunk session.
    }

    [Fact]
    public async Task After_an_end_by_an_operator_nothing_is_left_either()
    {
        await using var engine = await StartAsync();
        var (ended, other) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Alice));
        var run = await other.CallTextAsync(ForClient);
        await ended.OperateAsync(OperatorAction.End);
        Assert.NotEqual(run, await other.CallTextAsync(ForClient));
    }

    [Fact]
    public async Task Another_configuration_begins_with_nothing()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var run = await alice.CallTextAsync(ForClient);
        engine.Configure(TestConfiguration.With());
        Assert.NotEqual(run, await alice.CallTextAsync(ForClient));
    }

    [Fact]
    public async Task The_actor_of_a_tenant_refuses_keys_of_another()
    {
        await using var engine = await StartAsync();
        var globex = engine.Tenants(engine.NodeCount - 1).Get("globex");
        var key = KeyOf(Alice);
        await globex.KeepOutputAsync(key, "{}"u8.ToArray(), TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Null(await globex.FindOutputAsync(key, CancellationToken.None));
        await AttemptedAsync(engine, SignalName.CrossTenantAttempt, 2);

        var acme = engine.Tenants(0).Get("acme");
        await acme.KeepOutputAsync(key, "{}"u8.ToArray(), TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Equal("{}"u8.ToArray(), (await acme.FindOutputAsync(key, CancellationToken.None))?.Result.ToArray());
        Assert.Null(await globex.FindOutputAsync(key, CancellationToken.None));
        await AttemptedAsync(engine, SignalName.CrossTenantAttempt, 3);
    }

    private static CacheKey KeyOf(Caller caller) => CacheKey.Of(caller, CacheSharing.Client, new CachedCall("tool", "1", "2025-11-25", "set", "arguments"));
}
