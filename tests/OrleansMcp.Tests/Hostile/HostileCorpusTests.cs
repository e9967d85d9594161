using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Hostile.Corpus;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Thousands of malformed and hostile requests against a real server: refused in good form, and nothing remains of them.</summary>
[Collection(Alone.Collection)]
public sealed class HostileCorpusTests
{
    private const int Least = 2_000;
    private const int Attackers = 8;
    private const int LargestGrowth = 8 * 1024 * 1024;

    private static readonly Caller s_alice = new("acme", "alice", "alice");

    [Fact]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task Hostile_requests_are_refused_in_good_form_and_leave_nothing_behind()
    {
        var errors = new ErrorLog();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(),
            Customise = builder => builder.Logging.AddProvider(errors),
        });
        using var modern = server.Modern();
        await modern.IncrementAsync();
        using var principal = server.Client(TestConfiguration.Carol); // What comes without a session from a stranger to the victims counts for him.
        await principal.IncrementAsync();
        var attacks = new List<Attack>();
        for (var number = 0; number < Attackers; number++)
        {
            attacks.Add(await Attack.PrepareAsync(server, number, Attackers));
        }

        var files = server.StateFiles();
        var actors = server.LiveActors;
        await RunAsync(server, attacks, every: 1);
        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        await RunAsync(server, attacks, every: Rounds.Of(4, atNight: 1));
        var growth = await GrowthAsync(bytes);

        errors.ExpectNone();
        Assert.Equal(2, await modern.IncrementAsync());
        using var fresh = await server.Client().OpenAsync();
        Assert.Equal(1, await fresh.IncrementAsync());
        (await fresh.DeleteAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal(files, server.StateFiles());
        Assert.Equal(actors, server.LiveActors);
        Assert.True(growth < LargestGrowth, $"Memory grew by {growth:n0} bytes.");

        // Whatever a session was made to keep can be read back.
        await server.RestartAsync();
        foreach (var attack in attacks)
        {
            await attack.CheckAsync();
        }

        errors.ExpectNone();
        attacks.ForEach(attack => attack.Dispose());
    }

    [Fact]
    public void The_corpus_holds_at_least_two_thousand_different_requests()
    {
        var target = new Target(1, "victim-victim-victim-victim-victim", "scratch", "legacy", "foreign");
        Assert.True(HostileCorpus.Of(target).Select(request => Convert.ToHexString(SHA256.HashData(request.Bytes))).Distinct(StringComparer.Ordinal).Count() >= Least);
    }

    /// <summary>Sends the corpus, or every so many of it, checks that nothing has come of it, and ends what it opened.</summary>
    private static async Task RunAsync(TestServer server, List<Attack> attacks, int every)
    {
        var before = await SessionsAsync(server);
        var problems = new ConcurrentQueue<string>();
        var (opened, sent, impatient) = (0, 0, 0);
        await Task.WhenAll(attacks.Select(attack => Task.Run(() => attack.RunAsync(every, problems, (request, answer) =>
        {
            Interlocked.Increment(ref sent);
            Interlocked.Add(ref opened, Opens(answer) ? 1 : 0);
            Interlocked.Add(ref impatient, request.Farewell == Farewell.Waits ? 0 : 1);
        }))));
        Assert.True(problems.IsEmpty, $"{problems.Count} of {sent} requests were answered badly:\n\n{string.Join("\n\n", problems.Take(40))}");
        foreach (var attack in attacks)
        {
            await attack.CheckAsync();
        }

        // Beside what the server told of, a client may have opened a session and left without waiting for its id.
        var left = (await SessionsAsync(server)).Except(before).ToList();
        Assert.InRange(left.Count, opened, opened + impatient);
        var directory = server.Services.GetRequiredService<ISessionDirectory>();
        foreach (var session in left)
        {
            Assert.NotNull(await directory.Get(session).EndAsync(s_alice, CancellationToken.None));
        }
    }

    /// <summary>
    /// How much more is held than before, once Kestrel has given back the buffers of large bodies, which it does a while after they were used.
    /// </summary>
    private static async Task<long> GrowthAsync(long before)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        long growth;
        while ((growth = GC.GetTotalMemory(forceFullCollection: true) - before) >= LargestGrowth && watch.Elapsed < TimeSpan.FromSeconds(90))
        {
            await Task.Delay(250);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{growth:n0} bytes more after {watch.Elapsed.TotalSeconds:0.0} s");
        return growth;
    }

    private static bool Opens(HttpAnswer answer) =>
        answer.Header("Mcp-Session-Id").Length > 0 || answer.Body.Contains("\"structuredContent\":{\"session\":", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<SessionKey>> SessionsAsync(TestServer server) =>
        await server.Services.GetRequiredService<ITenantDirectory>().Get("acme").ListSessionsAsync("alice", CancellationToken.None);
}
