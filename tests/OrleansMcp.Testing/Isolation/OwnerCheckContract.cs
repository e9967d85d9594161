using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>The second layer: an actor compares the owner itself, whatever the front end let through.</summary>
public abstract class OwnerCheckContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    public static TheoryData<string, string, string, string?> Strangers { get; } = new()
    {
        { "acme", "bob", "bob", null },
        { "globex", "carol", "carol", null },
        { "acme", "alice", "another user", null },
        { "globex", "alice", "alice", null },
        { "acme", "alice", "alice", "another proven key" },
        { "Acme", "alice", "alice", null },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task An_actor_refuses_every_message_of_a_stranger(string tenant, string client, string subject, string? key)
    {
        var server = shared.Server;
        var signal = tenant == "acme" ? "cross_session_attempt" : "cross_tenant_attempt";
        var before = server.Signals[signal];
        using var owner = await server.Client().OpenAsync();
        await owner.IncrementAsync();
        await ExpectRefusedAsync(server, owner, new Caller(tenant, client, subject, key));
        Assert.Equal(2, await owner.IncrementAsync());

        // A front end that had no answer in time asks again, and each refusal counts.
        Assert.InRange(server.Signals[signal] - before, 8, 12);
    }

    [Fact]
    public async Task Also_when_the_stranger_is_the_first_to_wake_it()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(
            new TestServerOptions { Time = time, Configuration = TestConfiguration.With() });
        var attacks = new List<(RawClient Owner, Caller Stranger)>();
        foreach (var (tenant, client, subject, key) in Strangers.Select(row => row.Data))
        {
            var owner = await server.Client().OpenAsync();
            await owner.IncrementAsync();
            attacks.Add((owner, new Caller(tenant, client, subject, key)));
        }

        await server.SendToSleepAsync(time);
        await AttackAsync(counter: 2);
        await server.RestartAsync();
        await AttackAsync(counter: 3);
        attacks.ForEach(attack => attack.Owner.Dispose());

        async Task AttackAsync(long counter)
        {
            foreach (var (owner, stranger) in attacks)
            {
                await Case.OfAsync(stranger.ToString(), async () =>
                {
                    await ExpectRefusedAsync(server, owner, stranger);
                    Assert.Equal(counter, await owner.IncrementAsync());
                });
            }
        }
    }

    [Fact]
    public async Task The_actor_of_a_principal_serves_nobody_else()
    {
        var server = shared.Server;
        using var alice = server.Modern();
        Assert.Equal(1, await alice.IncrementAsync());
        var actor = server.Services.GetRequiredService<ISessionDirectory>().Get(SessionOwner.PrincipalKey(s_alice));
        var reply = await actor.PostAsync(
            new Caller("acme", "bob", "bob"), Message(Rpc.Request(1, "server/discover")), new PostOptions(true, "2026-07-28"), default);
        Assert.Equal(ReplyKind.NotFound, reply.Kind);
        Assert.Null(await actor.EndAsync(new Caller("acme", "bob", "bob"), default));
        Assert.Equal(2, await alice.IncrementAsync());
    }

    private static async Task ExpectRefusedAsync(TestServer server, RawClient owner, Caller stranger)
    {
        var verdict = server.Services.GetRequiredService<SessionIdIssuer>().Judge(owner.SessionId, s_alice, out var key);
        Assert.Equal(TokenVerdict.Valid, verdict);
        var session = server.Services.GetRequiredService<ISessionDirectory>().Get(key);
        var options = new PostOptions(AcceptsStream: true, "2025-11-25");

        var posted = await session.PostAsync(stranger, Message(Rpc.Call(1, "increment", new { by = 1000 })), options, default);
        Assert.Equal(ReplyKind.NotFound, posted.Kind);
        var notified = await session.PostAsync(stranger, Message(Rpc.Notification("notifications/initialized")), options, default);
        Assert.Equal(ReplyKind.NotFound, notified.Kind);
        var batched = await session.PostBatchAsync(stranger, [Message(Rpc.Request(1, "ping"))], options, default);
        Assert.Equal(ReplyKind.NotFound, batched.Kind);
        Assert.Null(await session.EndAsync(stranger, default));
        Assert.False((await session.GetSealingKeyAsync(stranger, default)).IsFound);
        Assert.Equal(SecretReply.NotFound, await session.PutSecretAsync(stranger, "owned", new byte[200], default));
        Assert.Equal(SecretReply.NotFound, await session.DeleteSecretAsync(stranger, "owned", default));
        await foreach (var item in session.ListenAsync(stranger, new StreamRequest(0), default))
        {
            Assert.Equal(SessionEventKind.NotFound, item.Kind);
        }
    }

    private static McpMessage Message(string json)
    {
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(json), out McpMessage? message, out _));
        return message;
    }
}
