using System.Net;
using System.Text;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>Between a gateway and a grain a secret is sealed, to the very activation that is to have it.</summary>
public sealed class SealedSecretTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly byte[] s_secret = Encoding.UTF8.GetBytes("correct horse battery staple");

    [Fact]
    public async Task Nothing_readable_of_a_secret_reaches_a_grain()
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = await GatewayPair.OpenAsync(server);
        using var first = a;
        using var second = b;
        (await a.PutSecretAsync("one", s_secret)).Expect(HttpStatusCode.Created);
        (await b.PutSecretAsync("other", s_secret)).Expect(HttpStatusCode.Created);

        var envelopes = server.World.SecretCalls.All.Select(call => call.Envelope!).ToArray();
        Assert.Equal(2, envelopes.Length);
        foreach (var window in Enumerable.Range(0, s_secret.Length - 3).Select(start => s_secret[start..(start + 4)]))
        {
            Assert.All(envelopes, envelope => Assert.True(envelope.AsSpan().IndexOf(window) < 0, "A part of the secret is readable."));
        }

        Assert.NotEqual(Convert.ToHexString(envelopes[0]), Convert.ToHexString(envelopes[1]));
        Assert.StartsWith($"{s_secret.Length} ", await b.CallTextAsync("test_secret_digest", new { name = "one" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grain_takes_no_secret_that_is_not_sealed_to_it()
    {
        await using var server = await TestServer.StartAsync();
        var (a, b) = await GatewayPair.OpenAsync(server);
        using var first = a;
        using var second = b;
        (await a.PutSecretAsync("sealed", s_secret)).Expect(HttpStatusCode.Created);
        var envelope = Assert.Single(server.World.SecretCalls.All).Envelope!;
        await a.CallTextAsync("whoami");
        var grain = GrainOf(server, a);
        foreach (var bytes in new[] { s_secret, [], new byte[200], envelope, [.. envelope, 0] })
        {
            var refused = await grain.SetSecretAsync(new SecretCall(s_alice, "plain", bytes));
            Assert.Equal(SecretOutcome.Refused, refused.Outcome);
        }

        Assert.Equal("no", await b.CallTextAsync("test_secret_has", new { name = "plain" }));

        // Nor one that was sealed to another session of the same owner.
        using var other = await server.Client().OpenAsync();
        Assert.Equal(SecretOutcome.Refused, (await GrainOf(server, other).SetSecretAsync(new SecretCall(s_alice, "sealed", envelope))).Outcome);
    }

    private static ISessionGrain GrainOf(TestServer server, RawClient client)
    {
        Assert.Equal(TokenVerdict.Valid, server.World.Ids.Judge(client.SessionId, s_alice, out var key));
        return server.Cluster.Client.GetGrain<ISessionGrain>(key.Value);
    }
}
