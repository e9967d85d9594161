using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>Many clients at once: nobody ever sees anything but their own.</summary>
public abstract class ConcurrentClientsContract
{
    private const int Clients = 16;
    private const int Rounds = 40;

    private static readonly (string Key, string Tenant, string Client)[] s_principals =
    [
        (TestConfiguration.Alice, "acme", "alice"),
        (TestConfiguration.Bob, "acme", "bob"),
        (TestConfiguration.Carol, "globex", "carol"),
    ];

    [Fact]
    public async Task Sixteen_sessions_of_three_clients_see_only_their_own()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = TestConfiguration.With() });
        var sessions = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => server.Client(s_principals[i % 3].Key).OpenAsync()));
        var names = await Task.WhenAll(sessions.Select((session, number) => WorkAsync(session, number, sessions)));
        Assert.Equal(Clients, names.Distinct(StringComparer.Ordinal).Count());
        foreach (var session in sessions)
        {
            session.Dispose();
        }
    }

    [Fact]
    public async Task Sixteen_handles_of_three_principals_see_only_their_own()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = TestConfiguration.With() });
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            var (key, tenant, name) = s_principals[number % 3];
            using var client = server.Modern(key);
            var handle = await client.OpenHandleAsync();
            for (var round = 1; round <= Rounds; round++)
            {
                Assert.Equal(round, await client.IncrementAsync(handle));
                var who = DemoTools.WhoAmI(await client.CallTextAsync("whoami", new { session = handle }));
                Assert.Equal((tenant, name), (who.Tenant, who.Client));
            }
        }));
    }

    private static async Task<string> WorkAsync(RawClient session, int number, RawClient[] all)
    {
        var (_, tenant, name) = s_principals[number % 3];
        string? me = null;
        long counter = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            var text = $"{number}/{round}";
            var pair = await Task.WhenAll(session.CallTextAsync("echo", new { text }), session.CallTextAsync("echo", new { text = text + "b" }));
            Assert.Equal([text, text + "b"], pair);

            counter += number + 1;
            Assert.Equal(counter, await session.IncrementAsync(number + 1));

            var who = DemoTools.WhoAmI(await session.CallTextAsync("whoami"));
            Assert.Equal((tenant, name), (who.Tenant, who.Client));
            Assert.Equal(me ??= who.Session, who.Session);

            // The next client belongs to another principal: its session is 404 for this one, in the middle of all the traffic.
            using var stranger = all[(number + 1) % Clients].As(session.Key);
            if (stranger.Key != all[(number + 1) % Clients].Key)
            {
                (await stranger.CallAsync("increment", new { by = 1_000_000 })).Expect(HttpStatusCode.NotFound);
            }
        }

        return me!;
    }
}
