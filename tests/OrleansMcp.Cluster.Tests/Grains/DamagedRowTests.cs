using System.Text.Json.Nodes;
using Orleans.Runtime;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>
/// A damaged row stops its tenant, and no other: nothing is opened, brought to life or granted, nothing that was spent comes back, and one
/// line of the log says what to do.
/// </summary>
public sealed class DamagedRowTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly Caller s_bob = new("acme", "bob", "bob");
    private static readonly Caller s_carol = new("globex", "carol", "carol");

    public static TheoryData<bool, DamageOfRow> Ways { get; } = new()
    {
        { true, DamageOfRow.Checksum }, { true, DamageOfRow.Format }, { true, DamageOfRow.Record },
        { false, DamageOfRow.Checksum }, { false, DamageOfRow.Format }, { false, DamageOfRow.Record },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_damaged_session_stops_its_tenant_and_no_other(bool isLocal, DamageOfRow how)
    {
        await using var engine = await StartAsync(isLocal);
        IEngine seen = engine;
        var (client, asleep, carol) = (await seen.OpenAsync(s_alice), await seen.OpenAsync(s_bob), await seen.OpenAsync(s_carol));
        await client.IncrementAsync(5);
        await seen.SendToSleepAsync();
        engine.World.Storage.Damage(Row(client), how);

        await ExpectStoppedAsync(client, engine);

        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_bob).InitializeAsync());
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_alice).Elsewhere().InitializeAsync());
        Assert.True((await asleep.CallAsync("engine_increment")).Failed);
        Assert.True((await seen.Principal(s_bob).CallAsync("engine_increment")).Failed);
        await carol.IncrementAsync();
        await seen.OpenAsync(s_carol);
        ExpectOneLineOfEachProcess(engine);
    }

    [Fact]
    public async Task A_session_of_a_stopped_tenant_that_sleeps_is_not_brought_to_life()
    {
        await using var engine = await StartAsync(isLocal: true);
        IEngine seen = engine;
        var (client, asleep) = (await seen.OpenAsync(s_alice), await seen.OpenAsync(s_bob));
        await seen.SendToSleepAsync();
        engine.World.Storage.Damage(Row(client), DamageOfRow.Checksum);
        await ExpectStoppedAsync(client, engine);
        await ExpectStoppedAsync(asleep, engine);
        Assert.Equal(0, seen.ActorsOf(asleep.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_of_a_stopped_tenant_that_is_in_memory_gets_nothing_more_and_can_be_ended(bool isLocal)
    {
        await using var engine = await StartAsync(isLocal);
        IEngine seen = engine;
        var (client, live) = (await seen.OpenAsync(s_alice), await seen.OpenAsync(s_bob));
        await seen.SendToSleepAsync();
        await live.IncrementAsync();
        engine.World.Storage.Damage(Row(client), DamageOfRow.Checksum);
        await ExpectStoppedAsync(client, engine);

        // Its leases end with the minute. PassivateAfter is 2 min: the session stays in memory.
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("quota_unavailable", (await live.CallAsync("engine_increment")).Code);
        Assert.True(await live.IsFoundAsync());
        Assert.NotNull(await live.EndAsync());
        Assert.DoesNotContain(live.Key, engine.World.Registry.Keys);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task After_a_restore_all_is_there_and_no_place_was_given_back(bool isLocal, DamageOfRow how)
    {
        await using var engine = await StartAsync(isLocal, sessions: 1);
        IEngine seen = engine;
        var client = await seen.OpenAsync(s_alice);
        await client.IncrementAsync(5);
        await seen.SendToSleepAsync();
        engine.World.Storage.Damage(Row(client), how);

        // Nobody calls it: the tenant looks after it when its time may be over, and is stopped by what it finds.
        engine.Time.Advance(TimeSpan.FromMinutes(31));
        await Eventually.Holds(
            async () =>
            {
                await seen.CheckExpiryAsync();
                return engine.World.Errors.Entries.Count > 0;
            },
            "the tenant was stopped");
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_bob).InitializeAsync());
        await seen.CheckExpiryAsync();
        Assert.Contains(client.Key, engine.World.Registry.Keys);
        Assert.True(await seen.HasRecordAsync(client.Key));

        // What is brought back under a process that runs does not count: its counters are those of before.
        engine.World.Storage.Repair();
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_bob).InitializeAsync());
        await seen.RestartAsync();
        Assert.Equal(5, await client.CounterAsync());
        Assert.Equal(429, (await seen.Unopened(s_alice).InitializeAsync()).Status);
        await seen.OpenAsync(s_bob);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_principal_whose_row_is_damaged_does_not_begin_anew(bool isLocal, DamageOfRow how)
    {
        await using var engine = await StartAsync(isLocal);
        IEngine seen = engine;
        var client = seen.Principal(s_alice);
        await client.IncrementAsync(5);
        await seen.SendToSleepAsync();
        engine.World.Storage.Damage(Row(client), how);
        var stored = engine.World.Storage.Text(Row(client));
        Assert.Equal(TenantStoppedException.Code, await CodeAsync(client, "engine_increment"));
        Assert.Equal(TenantStoppedException.Code, await CodeAsync(client.Elsewhere(), "engine_increment"));
        Assert.Equal(stored, engine.World.Storage.Text(Row(client)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_list_of_sessions_stops_its_tenant_and_no_other(bool isLocal)
    {
        await using var engine = await StartAsync(isLocal, sessions: 1);
        IEngine seen = engine;
        var client = await seen.OpenAsync(s_alice);
        await seen.SendToSleepAsync();
        engine.World.Registry.Damaged = "acme";
        await seen.RestartAsync();

        // Its places are not known, and none of them is free.
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_alice).InitializeAsync());
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_bob).Elsewhere().InitializeAsync());
        Assert.True((await client.CallAsync("engine_increment")).Failed);
        await Assert.ThrowsAsync<IOException>(async () => await seen.Tenants(0).Get("acme").ListSessionsAsync(null, CancellationToken.None));
        await seen.OpenAsync(s_carol);
        ExpectOneLineOfEachProcess(engine);
    }

    [Fact]
    public async Task A_list_with_a_key_that_is_none_of_the_tenants_stops_it_and_no_other()
    {
        await using var engine = await StartAsync(isLocal: true, sessions: 1);
        IEngine seen = engine;
        var foreign = SessionKey.OfSession("globex", new byte[16]);
        await engine.World.Registry.AddAsync("acme", new RegisteredSession("alice", foreign, DateTimeOffset.MaxValue), CancellationToken.None);
        await seen.RestartAsync();
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_alice).InitializeAsync());
        await seen.OpenAsync(s_carol);
        ExpectOneLineOfEachProcess(engine);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Damaged_ledgers_stop_their_tenant_and_no_other(bool isLocal)
    {
        await using var engine = await StartAsync(isLocal);
        IEngine seen = engine;
        await seen.OpenAsync(s_alice);
        engine.World.Storage.Damage(GrainId.Create(TenantGrain.GrainType, "acme"), DamageOfRow.Checksum);
        await seen.RestartAsync();
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_alice).InitializeAsync());
        await Assert.ThrowsAsync<TenantStoppedException>(() => seen.Unopened(s_bob).Elsewhere().InitializeAsync());
        await seen.OpenAsync(s_carol);
        ExpectOneLineOfEachProcess(engine);
        Assert.Equal(1, engine.World.Storage.DamageFound);
    }

    /// <summary>Whatever the client asks, it is refused at once, by a code that stays and a word on what to do.</summary>
    private static async Task ExpectStoppedAsync(EngineClient client, ClusterEngine engine)
    {
        var found = engine.World.Storage.DamageFound;
        foreach (var message in new[] { client.Request("ping"), client.Request("tools/call", Rpc.CallParams("engine_increment", new { by = 1 })) })
        {
            var reply = await client.PostAsync(message);
            var error = JsonNode.Parse(reply.Body.Span)!["error"]!;
            Assert.Equal((ReplyKind.Message, 503, TenantStoppedException.Code), (reply.Kind, reply.Status, (string?)error["data"]!["code"]));
            Assert.Contains("restore FILE", (string?)error["message"], StringComparison.Ordinal);
        }

        var stopped = await Assert.ThrowsAsync<TenantStoppedException>(client.EndAsync);
        Assert.Contains("restore FILE", stopped.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TenantStoppedException>(() => client.InitializeAsync());
        await Assert.ThrowsAsync<TenantStoppedException>(() => client.TryListenAsync());
        await Assert.ThrowsAsync<TenantStoppedException>(() => client.OperateAsync(OperatorAction.End));
        await Assert.ThrowsAsync<TenantStoppedException>(async () => await client.Session.GetSealingKeyAsync(client.Caller, CancellationToken.None));
        await Assert.ThrowsAsync<TenantStoppedException>(async () => await client.Session.DeleteSecretAsync(client.Caller, "name", CancellationToken.None));
        Assert.InRange(engine.World.Storage.DamageFound - found, 0, 16); // Asked once by each call, or some more while activations leave.
    }

    private static void ExpectOneLineOfEachProcess(ClusterEngine engine)
    {
        var lines = engine.World.Errors.Entries;
        Assert.InRange(lines.Count, 1, engine.NodeCount);
        Assert.All(lines, line => Assert.Contains("STOPPED", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("restore FILE", line, StringComparison.Ordinal));
    }

    private static async Task<string?> CodeAsync(EngineClient client, string tool)
    {
        var reply = await client.PostAsync(client.Request("tools/call", Rpc.CallParams(tool, new { by = 1 })));
        return (string?)JsonNode.Parse(reply.Body.Span)!["error"]?["data"]?["code"];
    }

    /// <summary>A process does not forget that a tenant is stopped, so each test has its own.</summary>
    private static Task<ClusterEngine> StartAsync(bool isLocal, int sessions = 100) =>
        ClusterEngine.StartOwnAsync(TestConfiguration.With(quotas: new QuotaConfiguration { Sessions = sessions }), isLocal);

    private static GrainId Row(EngineClient client) => GrainId.Create(SessionGrain.GrainType, client.Key.Value);
}
