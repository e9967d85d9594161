using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Secrets;
using OrleansMcp.Hosting;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Secrets;

/// <summary>How long secrets last: as long as their session, and no longer than its memory.</summary>
public sealed class SecretLifeTests
{
    private static readonly SessionConfiguration s_sessions = new()
    {
        IdleTimeout = TimeSpan.FromMinutes(30),
        Lifetime = TimeSpan.FromHours(2),
        PassivateAfter = TimeSpan.FromMinutes(2),
    };

    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly SecretLimits s_limits = new(Count: 16, Bytes: 64);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task The_receipt_counts_the_secrets_that_were_cleared()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        foreach (var name in new[] { "a", "b", "c", "c", "d" })
        {
            await client.PutSecretAsync(name, [1, 2, 3]);
        }

        await client.DeleteSecretAsync("d");
        Assert.Equal(3, (int)(await client.DeleteAsync()).Expect(HttpStatusCode.OK).Json["secretsCleared"]!);
        await ExpectAuditAsync(server, "3 secrets cleared");
    }

    [Fact]
    public async Task So_does_the_receipt_of_a_handle()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        var handle = await client.OpenHandleAsync();
        await client.PutSecretAsync("a", [1, 2, 3], handle);
        var closed = (await client.CallAsync("session_close", new { session = handle })).Expect(HttpStatusCode.OK);
        Assert.Equal(1, (int)closed.Result["structuredContent"]!["secretsCleared"]!);
    }

    [Fact]
    public async Task The_end_zeroes_the_buffers()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        var (buffer, session) = await PlantAsync(server);
        Assert.Equal("yes", await client.CallTextAsync("test_secret_has", new { name = "planted" }));
        await client.DeleteAsync();
        Assert.Equal(new byte[32], buffer);
        Assert.False(session.Vault.HoldsOwn);
        ExpectClosed(session);
    }

    [Fact]
    public async Task An_end_that_fails_zeroes_them_too()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Customise = builder => FailingStorage.Replace(builder.Services, storage => storage.RefusesClears = true),
        });
        using var client = await server.Client().OpenAsync();
        var (buffer, _) = await PlantAsync(server);
        (await client.DeleteAsync()).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(new byte[32], buffer);
    }

    [Fact]
    public async Task After_a_restart_a_tool_that_needs_one_says_so()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.PutSecretAsync("token", [1, 2, 3]);
        await client.IncrementAsync();
        await server.RestartAsync();
        var reply = (await client.CallAsync("test_secret_digest", new { name = "token" })).Expect(HttpStatusCode.OK);
        Assert.Equal("secret_unavailable", (string)reply.Result["structuredContent"]!["code"]!);
        Assert.Equal(2, await client.IncrementAsync());
        await client.PutSecretAsync("token", [1, 2, 3]);
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3]), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
    }

    [Fact]
    public async Task Stopping_the_server_zeroes_them_even_while_a_call_runs()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions { Customise = LeaveBy(_time) });
        using var client = await server.Client().OpenAsync();
        var (buffer, session) = await PlantAsync(server);
        using var running = await client.PostForStreamAsync(Rpc.Call(1, "test_progress", new { gate = "held", steps = 1 }, progressToken: 1));
        await server.Gates["held"].Entered;
        Assert.True(session.IsBusy);
        var stopping = server.StopAsync();
        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return stopping.IsCompleted;
            },
            "the server gave up the call and stopped");
        await stopping;
        Assert.Equal(new byte[32], buffer);
    }

    [Fact]
    public async Task An_idle_client_keeps_its_secrets_until_its_session_idles_out()
    {
        await using var server = await StartAsync();
        using var holder = await server.Client().OpenAsync();
        using var other = await server.Client().OpenAsync();
        await holder.PutSecretAsync("token", [1, 2, 3]);
        var (buffer, session) = await PlantAsync(server, session => session.Vault.HoldsOwn);

        await WaitQuietAsync(server);
        _time.Advance(TimeSpan.FromMinutes(29));
        await SweepUntilAsync(server, () => server.LiveActors == 1, "the session without secrets left memory");
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3]), await holder.CallTextAsync("test_secret_digest", new { name = "token" }));

        await WaitQuietAsync(server);
        _time.Advance(TimeSpan.FromMinutes(31));
        await SweepUntilAsync(server, () => server.LiveActors == 0, "the session with secrets ended");
        Assert.Equal(new byte[32], buffer);
        await ExpectAuditAsync(server, "reason Idle, 0 calls cancelled, 2 secrets cleared");
        (await holder.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        ExpectClosed(session);
    }

    [Fact]
    public async Task A_session_that_gave_its_secrets_back_leaves_memory_again()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.PutSecretAsync("token", [1, 2, 3]);
        await client.DeleteSecretAsync("token");
        await server.SendToSleepAsync(_time);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task Nor_do_secrets_outlive_the_sessions_own_life()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.PutSecretAsync("token", [1, 2, 3]);
        for (var part = 0; part < 6; part++)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            await client.PostAsync(Rpc.Request(1, "ping"));
        }

        (await client.CallAsync("test_secret_has", new { name = "token" })).Expect(HttpStatusCode.NotFound);
        await ExpectAuditAsync(server, "reason Expired, 0 calls cancelled, 1 secrets cleared");
    }

    [Fact]
    public async Task A_principal_that_holds_secrets_stays_and_ends_when_idle()
    {
        await using var server = await StartAsync();
        using var client = server.Modern();
        await client.PutSecretAsync("token", [1, 2, 3]);
        await WaitQuietAsync(server);
        _time.Advance(TimeSpan.FromMinutes(29));
        await server.SweepAsync();
        Assert.Equal("yes", await client.CallTextAsync("test_secret_has", new { name = "token" }));
        await WaitQuietAsync(server);
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
        (await client.PutSecretAsync("token", [1, 2, 3])).Expect(HttpStatusCode.Created);
        _time.Advance(TimeSpan.FromMinutes(31));
        (await client.PutSecretAsync("token", [1, 2, 3])).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_actor_that_leaves_memory_leaves_no_private_key_behind()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        var session = Live(server, _ => true);
        var sealing = await session.GetSealingKeyAsync(s_alice, default);
        var envelope = SealedSecret.Seal(sealing.PublicKey.Span, new SecretBinding(session.Key, "token", SessionOwner.Of(s_alice)), [1]);
        await server.SendToSleepAsync(_time);
        await Assert.ThrowsAsync<SessionPassivatedException>(async () => await session.PutSecretAsync(s_alice, "token", envelope, default));
        Assert.Equal(EnvelopeVerdict.Closed, session.Vault.Open().Key.Open(new SecretBinding(session.Key, "token", SessionOwner.Of(s_alice)), envelope, out _));
    }

    /// <summary>Lets a server wait for its calls by a clock of the test.</summary>
    private static Action<WebApplicationBuilder> LeaveBy(TimeProvider time) => builder => builder.Services.AddSingleton(provider => new Shutdown(
        TimeSpan.Zero, provider.GetService<Activations>(), time, provider.GetRequiredService<ILogger<Shutdown>>()));

    private Task<TestServer> StartAsync() =>
        TestServer.StartAsync(new TestServerOptions { Time = _time, Configuration = TestConfiguration.With(s_sessions) });

    private static Session Live(TestServer server, Func<Session, bool> which) =>
        server.Live.Single(session => session.Exists && which(session));

    /// <summary>Puts a secret whose buffer the test keeps hold of.</summary>
    private static async Task<(byte[] Buffer, Session Session)> PlantAsync(TestServer server, Func<Session, bool>? which = null)
    {
        var session = Live(server, which ?? (_ => true));
        Assert.True((await session.GetSealingKeyAsync(s_alice, default)).IsFound);
        var buffer = SecretVaultTests.Pinned([.. Enumerable.Repeat((byte)0x5a, 32)]);
        Assert.Equal(SecretPut.Stored, session.Vault.Open().Vault.Put("planted", buffer, s_limits));
        return (buffer, session);
    }

    private static void ExpectClosed(Session session) =>
        Assert.Equal(SecretPut.Closed, session.Vault.Open().Vault.Put("late", SecretVaultTests.Pinned(1, 2, 3), s_limits));

    private static Task ExpectAuditAsync(TestServer server, string words) =>
        Eventually.Holds(() => server.ReadAudit().Contains(words, StringComparison.Ordinal), $"the audit said '{words}'");

    private static Task WaitQuietAsync(TestServer server) =>
        Eventually.Holds(() => server.Live.All(session => !session.IsBusy), "every session was quiet");

    private static Task SweepUntilAsync(TestServer server, Func<bool> condition, string what) => Eventually.Holds(
        async () =>
        {
            await server.SweepAsync();
            return condition();
        },
        what);
}
