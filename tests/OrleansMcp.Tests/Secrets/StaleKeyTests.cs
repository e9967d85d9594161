using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Secrets;

/// <summary>The actor left memory between giving its key and getting the envelope.</summary>
public sealed class StaleKeyTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_front_end_fetches_the_new_key_and_seals_again(int departures)
    {
        var forgetful = new ForgetfulDirectory();
        await using var server = await StartAsync(forgetful);
        using var client = await server.Client().OpenAsync();
        forgetful.Departures = departures;
        (await client.PutSecretAsync("token", [1, 2, 3])).Expect(HttpStatusCode.Created);
        Assert.Equal(departures + 1, forgetful.Envelopes);
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3]), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
    }

    [Fact]
    public async Task It_gives_up_after_a_few_times_and_nothing_was_changed()
    {
        var forgetful = new ForgetfulDirectory();
        await using var server = await StartAsync(forgetful);
        using var client = await server.Client().OpenAsync();
        forgetful.Departures = int.MaxValue;
        var reply = (await client.PutSecretAsync("token", [1, 2, 3])).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("stale_key", (string)reply.Error["data"]!["code"]!);
        Assert.Equal(3, forgetful.Envelopes);
        forgetful.Departures = 0;
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
        (await client.PutSecretAsync("token", [1, 2, 3])).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_actor_tells_what_it_refuses_by_code()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        server.Services.GetRequiredService<SessionIdIssuer>().Judge(client.SessionId, s_alice, out var key);
        var session = server.Services.GetRequiredService<ISessionDirectory>().Get(key);
        var sealing = await session.GetSealingKeyAsync(s_alice, default);
        byte[] Seal(string name, int length = 3) =>
            SealedSecret.Seal(sealing.PublicKey.Span, new SecretBinding(key, name, SessionOwner.Of(s_alice)), new byte[length]);
        async Task<string?> PutAsync(string name, byte[] envelope) => (await session.PutSecretAsync(s_alice, name, envelope, default)).Code;

        var good = Seal("token");
        Assert.Null(await PutAsync("token", good));
        Assert.Equal("replayed_envelope", await PutAsync("token", good));
        Assert.Equal("invalid_envelope", await PutAsync("other", Seal("token")));
        Assert.Equal("invalid_envelope", await PutAsync("token", []));
        Assert.Equal("bad_secret_name", await PutAsync("TOKEN", Seal("TOKEN")));
        Assert.Equal("bad_secret_size", await PutAsync("token", Seal("token", 64 * 1024 + 1)));
        Assert.Equal("bad_secret_size", await PutAsync("token", Seal("token", 0)));
        Assert.Equal(SecretEndpointContract.Digest(new byte[3]), await client.CallTextAsync("test_secret_digest", new { name = "token" }));

        Assert.Equal(SecretOutcome.Deleted, (await session.DeleteSecretAsync(s_alice, "token", default)).Outcome);
        Assert.Equal("replayed_envelope", await PutAsync("token", good));
        Assert.Equal(SecretOutcome.Absent, (await session.DeleteSecretAsync(s_alice, "token", default)).Outcome);
        await server.RestartAsync();
        session = server.Services.GetRequiredService<ISessionDirectory>().Get(key);
        Assert.Equal("stale_key", await PutAsync("token", good));
        Assert.NotEqual(sealing.PublicKey.ToArray(), (await session.GetSealingKeyAsync(s_alice, default)).PublicKey.ToArray());
    }

    private static Task<TestServer> StartAsync(ForgetfulDirectory forgetful) => TestServer.StartAsync(new TestServerOptions
    {
        Customise = builder => builder.Services.AddSingleton<ISessionDirectory>(provider =>
        {
            forgetful.Activations = provider.GetRequiredService<Activations>();
            forgetful.Inner = ActivatorUtilities.CreateInstance<ClusterSessionDirectory>(provider);
            return forgetful;
        }),
    });

    /// <summary>Takes an actor out of memory just before an envelope reaches it.</summary>
    private sealed class ForgetfulDirectory : ISessionDirectory
    {
        public ISessionDirectory Inner { get; set; } = null!;

        public Activations Activations { get; set; } = null!;

        public int Departures { get; set; }

        public int Envelopes { get; private set; }

        public ISession Get(SessionKey key) => new Reference(this, key, Inner.Get(key));

        private async Task DepartAsync(SessionKey key)
        {
            Envelopes++;
            if (Departures > 0 && Activations.Find(key) is { } live)
            {
                Departures--;
                await Eventually.Holds(async () => await live.Session.TryPassivateAsync(), "the actor left memory");
            }
        }

        private sealed class Reference(ForgetfulDirectory directory, SessionKey key, ISession inner) : RelayedSession(inner)
        {
            public override async ValueTask<SecretReply> PutSecretAsync(
                Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
            {
                await directory.DepartAsync(key);
                return await base.PutSecretAsync(caller, name, envelope, cancellationToken);
            }
        }
    }
}
