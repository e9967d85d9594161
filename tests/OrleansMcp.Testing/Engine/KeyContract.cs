using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Engine;

/// <summary>The tenant in the key of an actor is that of the credential, and an actor serves that tenant only.</summary>
public abstract class KeyContract : EngineContract
{
    [Fact]
    public async Task An_actor_is_kept_under_its_tenant()
    {
        await using var engine = await StartAsync();
        foreach (var caller in new[] { Alice, Carol })
        {
            var client = await engine.OpenAsync(caller);
            await client.IncrementAsync();
            Assert.Equal(caller.Tenant, client.Key.Tenant);
            Assert.True(await engine.HasRecordAsync(client.Key));
        }
    }

    [Fact]
    public async Task An_actor_is_opened_by_nobody_of_another_tenant_than_its_key()
    {
        await using var engine = await StartAsync();
        var key = engine.Ids.Issue(Carol).Key;
        var client = new EngineClient(engine, Alice, key, ProtocolVersions.November2025);
        Assert.Equal(ReplyKind.NotFound, (await client.InitializeAsync()).Kind);
        await NothingIsLeftOf(engine, key);
    }
}
