using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>A record that came to lie under a key of another tenant is served to nobody.</summary>
public sealed class ForeignRecordTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly Caller s_carol = new("globex", "carol", "carol");

    [Fact]
    public async Task A_record_whose_owner_has_another_tenant_than_its_key_is_refused()
    {
        await using var engine = await ClusterEngine.StartOwnAsync(TestConfiguration.With(), isLocal: false);
        var key = engine.Ids.Issue(s_alice).Key;
        await new GrainSessionStore(engine.World.Storage, GrainId.Create(SessionGrain.GrainType, key.Value)).SaveAsync(Record(key, s_carol), default);
        foreach (var caller in new[] { s_alice, s_carol })
        {
            var client = new EngineClient(engine, caller, key, Protocol.ProtocolVersions.November2025);
            var reply = await client.PostAsync(client.Request("ping"));
            Assert.Equal(503, reply.Status);
            Assert.Contains(TenantStoppedException.Code, System.Text.Encoding.UTF8.GetString(reply.Body.Span), StringComparison.Ordinal);
        }

        // It is the key's tenant that stops: whoever it is that asks cannot stop another's.
        Assert.Equal(1, await (await ((IEngine)engine).OpenAsync(s_carol)).IncrementAsync());
    }

    [Fact]
    public async Task An_actor_that_is_given_such_a_record_is_as_good_as_none()
    {
        await using var engine = await ClusterEngine.StartOwnAsync(TestConfiguration.With(), isLocal: false);
        var sessions = engine.Cluster.Silos[0].GetRequiredService<SessionFactory>();
        var key = engine.Ids.Issue(s_alice).Key;
        Assert.True(sessions.Create(key, Record(key, s_alice), null!).IsOwnedBy(s_alice));
        var foreign = sessions.Create(key, Record(key, s_carol), null!);
        Assert.Equal((false, false), (foreign.Exists, foreign.IsOwnedBy(s_carol)));
    }

    private static SessionRecord Record(SessionKey key, Caller owner) => new()
    {
        Key = key.Value,
        Owner = SessionOwner.Of(owner),
        ProtocolVersion = Protocol.ProtocolVersions.November2025,
        OpenedAt = DateTimeOffset.UtcNow,
        ExpiresAt = DateTimeOffset.UtcNow.AddDays(1),
        LastActiveAt = DateTimeOffset.UtcNow,
        Version = 1,
    };
}
