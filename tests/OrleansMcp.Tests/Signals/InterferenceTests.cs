using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Signals;

/// <summary>One tenant's errors beside another's writes.</summary>
public sealed class InterferenceTests
{
    // What happens in each slot of ten seconds: errors of acme, writes of globex.
    private static readonly Dictionary<string, (int Errors, int Writes)[]> s_courses = new(StringComparer.Ordinal)
    {
        ["errors rise and fall with writes"] = [.. Enumerable.Range(0, 30).Select(i => (i % 5, i % 5 * 20))],
        ["bursts of both at the same times"] = [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? (6, 100) : (0, 1))],
        ["errors when nobody writes"] = [.. Enumerable.Range(0, 30).Select(i => (5 - (i % 5), i % 5 * 20))],
        ["errors all the time"] = [.. Enumerable.Range(0, 30).Select(i => (3, i % 5 * 20))],
        ["writes all the time"] = [.. Enumerable.Range(0, 30).Select(i => (i % 5, 20))],
        ["one burst of both"] = [.. Enumerable.Range(0, 30).Select(i => i == 9 ? (100, 100) : (0, 1))],
        ["too few errors"] = [.. Enumerable.Range(0, 29).Select(i => (i % 5 / 2, i % 5 / 2 * 20))],
        ["too short"] = [.. Enumerable.Range(0, 11).Select(i => (i % 5 * 10, i % 5 * 20))],
        ["no errors"] = [.. Enumerable.Range(0, 30).Select(i => (0, i % 5 * 20))],
    };

    [Theory]
    [InlineData("errors rise and fall with writes", true)]
    [InlineData("bursts of both at the same times", true)]
    [InlineData("errors when nobody writes", false)]
    [InlineData("errors all the time", false)]
    [InlineData("writes all the time", false)]
    [InlineData("one burst of both", false)]
    [InlineData("too few errors", false)]
    [InlineData("too short", false)]
    [InlineData("no errors", false)]
    public void What_is_suspect(string course, bool isSuspect)
    {
        var time = new FakeTimeProvider();
        var raised = new Raised();
        using var detector = new InterferenceDetector(raised, time);
        Run(detector, time, s_courses[course]);
        var found = detector.Correlations().SingleOrDefault(one => (one.Tenant, one.Noisy) == ("acme", "globex"));
        Assert.Equal(isSuspect, found?.IsSuspect ?? false);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(isSuspect ? 1 : 0, raised.Signals.Count);
        Assert.All(raised.Signals, signal => Assert.Equal((SignalName.NoisyNeighbour, null, null), (signal.Name, signal.Who, signal.Whom)));

        // Never the other way round, and never anybody with themselves.
        Assert.DoesNotContain(detector.Correlations(), one => one.Tenant != "acme");
    }

    [Fact]
    public void Nobody_is_ones_own_neighbour()
    {
        var time = new FakeTimeProvider();
        var raised = new Raised();
        using var detector = new InterferenceDetector(raised, time);
        Run(detector, time, s_courses["errors rise and fall with writes"], writer: "acme");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(detector.Correlations());
        Assert.Empty(raised.Signals);
    }

    [Fact]
    public void A_pair_is_reported_once_in_a_quarter_of_an_hour_and_forgotten_after_one()
    {
        var time = new FakeTimeProvider();
        var raised = new Raised();
        using var detector = new InterferenceDetector(raised, time);
        Run(detector, time, s_courses["errors rise and fall with writes"]);
        Run(detector, time, s_courses["errors rise and fall with writes"]);
        Assert.Single(raised.Signals);
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(2, raised.Signals.Count); // A quarter of an hour after the first, and still to be seen.
        time.Advance(TimeSpan.FromMinutes(20));
        Assert.Empty(detector.Correlations());
        Assert.Equal(2, raised.Signals.Count);
    }

    [Fact]
    public void Many_threads_count_every_event()
    {
        var time = new FakeTimeProvider();
        var ring = new ActivityRing();
        var slot = ActivityRing.SlotOf(time.GetUtcNow());
        Parallel.For(0, 100_000, _ => ring.Add(slot));
        Parallel.For(0, 1000, _ => ring.Add(slot + 1));
        Assert.Equal((100_000, 1000, 0), (ring.At(slot), ring.At(slot + 1), ring.At(slot + 2)));
        ring.Add(slot + ActivityRing.Slots + 1);
        Assert.Equal((0, 1), (ring.At(slot), ring.At(slot + ActivityRing.Slots + 1)));
    }

    [Fact]
    public async Task Operators_see_it_over_http_and_clients_do_not()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(new SessionConfiguration { MaxStateBytes = 1 << 20 }) with
            {
                Operators = [new OperatorConfiguration("olga", ApiKey.Hash("key-of-olga"))],
            },
        });
        using var acme = await server.Client().OpenAsync();
        using var globex = await server.Client(TestConfiguration.Carol).OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            for (var n = 0; n < i % 4; n++)
            {
                await globex.IncrementAsync();
                Assert.True((await acme.CallAsync("secret_sign", new { secret = "none", text = "x" })).ToolFailed);
                Assert.True((await acme.CallAsync("echo", new { })).ToolFailed); // A mistake of the client is no error of the server.
            }

            time.Advance(TimeSpan.FromSeconds(10));
        }

        time.Advance(TimeSpan.FromMinutes(1));
        var reply = (await GetAsync(server, "key-of-olga")).Expect(HttpStatusCode.OK);
        var pair = Assert.Single(reply.Json["pairs"]!.AsArray())!;
        Assert.Equal(("acme", "globex", true), ((string)pair["tenant"]!, (string)pair["noisy"]!, (bool)pair["isSuspect"]!));
        Assert.Equal((30, 30), ((int)pair["errors"]!, (int)pair["writes"]!));
        Assert.Equal(1, server.Signals[SignalName.NoisyNeighbour]);
        (await GetAsync(server, TestConfiguration.Alice)).Expect(HttpStatusCode.Unauthorized);
        (await GetAsync(server, null)).Expect(HttpStatusCode.Unauthorized);
        await Eventually.Holds(() => server.ReadAudit().Contains("\"chain\":\"_\"", StringComparison.Ordinal), "the signal was audited");
    }

    private static void Run(InterferenceDetector detector, FakeTimeProvider time, (int Errors, int Writes)[] course, string writer = "globex")
    {
        foreach (var (errors, writes) in course)
        {
            for (var i = 0; i < errors; i++)
            {
                detector.Erred("acme");
            }

            for (var i = 0; i < writes; i++)
            {
                detector.Wrote(writer);
            }

            time.Advance(TimeSpan.FromSeconds(10));
        }
    }

    private static async Task<RawReply> GetAsync(TestServer server, string? key)
    {
        using var client = server.Client(key);
        return await client.SendAsync(client.Request(HttpMethod.Get, request => request.RequestUri = server.At("/ops/interference")));
    }

    private sealed class Raised : ISignals
    {
        public List<Signal> Signals { get; } = [];

        public void Raise(Signal signal) => Signals.Add(signal);
    }
}
