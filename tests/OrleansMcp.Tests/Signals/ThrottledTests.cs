using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Signals;

/// <summary>Over real HTTP: a client that names too many sessions of others is throttled, and other clients are not.</summary>
public sealed class ThrottledTests
{
    private const int Most = 5;

    public static TheoryData<string, string> Attackers { get; } = new()
    {
        { TestConfiguration.Bob, SignalName.CrossSessionAttempt }, { TestConfiguration.Carol, SignalName.CrossTenantAttempt },
    };

    [Theory]
    [MemberData(nameof(Attackers))]
    public async Task An_attacker_is_throttled_until_the_minute_is_over(string attacker, string signal)
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(time);
        using var victim = await server.Client().OpenAsync();
        using var own = await server.Client(attacker).OpenAsync();
        using var stranger = victim.As(attacker);
        for (var i = 0; i < Most; i++)
        {
            (await stranger.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
        }

        time.Advance(TimeSpan.FromSeconds(20));
        var refused = await stranger.CallAsync("increment");
        ExpectThrottled(refused);
        Assert.Equal("40", refused.Headers["Retry-After"]); // The rest of the minute that began with the first attempt.
        ExpectThrottled(await stranger.DeleteAsync());
        ExpectThrottled(await stranger.GetAsync());
        using (var forged = server.Client(attacker))
        {
            forged.SessionId = "made.up.entirely";
            ExpectThrottled(await forged.CallAsync("increment"));
            forged.SessionId = null;
            ExpectThrottled(await forged.PostAsync(Rpc.Initialize(1, "2025-11-25")));
        }

        Assert.Equal(1, await own.IncrementAsync());
        Assert.Equal(1, await victim.IncrementAsync());
        Assert.True(server.Signals[signal] > Most);

        time.Advance(TimeSpan.FromSeconds(41));
        (await stranger.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
        using var again = await server.Client(attacker).OpenAsync();
        Assert.Equal(2, await victim.IncrementAsync());
    }

    [Fact]
    public async Task Neither_the_victim_nor_another_client_of_the_attackers_tenant_notices()
    {
        await using var server = await StartAsync(new FakeTimeProvider());
        using var victim = await server.Client().OpenAsync();
        using var stranger = victim.As(TestConfiguration.Bob);
        for (var i = 1; i <= 4 * Most; i++)
        {
            await stranger.CallAsync("increment");
            Assert.Equal(i, await victim.IncrementAsync());
        }

        ExpectThrottled(await stranger.CallAsync("increment"));

        // Alice is both: the victim, and a client of the attacker's tenant. She opens sessions, ends them, and may mistake an id.
        using var more = await server.Client().OpenAsync();
        (await more.DeleteAsync()).Expect(HttpStatusCode.OK);
        (await more.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
        using var foreign = server.Client(TestConfiguration.Carol);
        foreign.SessionId = victim.SessionId;
        (await foreign.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Handles_of_2026_07_28_are_throttled_alike()
    {
        await using var server = await StartAsync(new FakeTimeProvider());
        using var victim = await server.Client().OpenAsync();
        using var stranger = victim.As(TestConfiguration.Bob);
        for (var i = 0; i <= Most; i++)
        {
            await stranger.CallAsync("increment");
        }

        using var modern = server.Modern(TestConfiguration.Bob);
        var refused = await modern.CallAsync("session_open");
        Assert.True(refused.ToolFailed, refused.Text);
        Assert.Contains("\"code\":\"held_back\"", refused.Text.Replace(" ", "", StringComparison.Ordinal).Replace("\\u0022", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.False((await modern.CallAsync("whoami")).ToolFailed);
        Assert.False((await server.Modern().CallAsync("session_open")).ToolFailed);
    }

    public static TheoryData<string, string, object, bool> Doors { get; } = new()
    {
        { "a handle", "increment", new { session = "made.up" }, false },
        { "the end of a session", "session_close", new { session = "made.up" }, false },
        { "a request state", "echo", new { text = "x" }, true },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Every_door_of_2026_07_28_throttles(string door, string tool, object arguments, bool withState)
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(time);
        using var attacker = server.Modern(TestConfiguration.Bob);
        for (var i = 0; i < Most; i++)
        {
            Assert.NotEqual(HttpStatusCode.TooManyRequests, (await KnockAsync(i)).Status);
        }

        var refused = await KnockAsync("the id");
        ExpectThrottled(refused);
        Assert.Equal(("the id", door), ((string?)refused.Json["id"], door));
        Assert.Equal("x", await attacker.CallTextAsync("echo", new { text = "x" }));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await KnockAsync(1)).Status);

        Task<RawReply> KnockAsync(object id)
        {
            var call = Rpc.CallParams(tool, arguments);
            if (withState)
            {
                call["requestState"] = "made.up";
            }

            return attacker.SendAsync("tools/call", call, id);
        }
    }

    [Fact]
    public async Task Secrets_and_records_of_others_throttle_too()
    {
        await using var server = await StartAsync(new FakeTimeProvider());
        using var stranger = server.Client(TestConfiguration.Bob);
        stranger.SessionId = "made.up";
        for (var i = 0; i < Most; i++)
        {
            (await stranger.PutSecretAsync("a", "x"u8.ToArray())).Expect(HttpStatusCode.NotFound);
        }

        ExpectThrottled(await stranger.PutSecretAsync("a", "x"u8.ToArray()));
        ExpectThrottled(await stranger.DeleteSecretAsync("a"));

        using var modern = server.Modern(TestConfiguration.Bob);
        var read = await modern.CallAsync("records_get", new { @namespace = "alice/orders", key = "k" });
        Assert.Equal("held_back", (string?)read.Result["structuredContent"]!["code"]);
        Assert.False((await modern.CallAsync("records_get", new { @namespace = "orders", key = "k" })).ToolFailed);
    }

    [Fact]
    public async Task An_attempt_counts_wherever_it_was_seen_and_for_nobody_but_who_made_it()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(time);
        foreach (var (signal, isAttempt) in new[]
        {
            (SignalName.CrossSessionAttempt, true), (SignalName.CrossTenantAttempt, true), (SignalName.CrossNamespaceWrite, true),
            (SignalName.CrossNamespaceRead, true), (SignalName.ForgedSessionId, true), (SignalName.PermissionDenied, false),
            (SignalName.QuotaExceeded, false), (SignalName.StaleRead, false),
        })
        {
            await Case.OfAsync(signal, () => ExpectThrottledAfterAsync(server, signal, isAttempt));
            time.Advance(TimeSpan.FromSeconds(61));
        }
    }

    [Fact]
    public void A_client_of_the_same_name_in_another_tenant_is_not_throttled()
    {
        var throttle = new AttemptThrottle(new TestConfigurationSource(Configuration), new FakeTimeProvider());
        for (var i = 0; i <= Most; i++)
        {
            throttle.Counts(new Signal(SignalName.CrossSessionAttempt, new("acme", "bob", "bob")));
        }

        Assert.NotNull(throttle.RetryAfter(new("acme", "bob", "another user")));
        Assert.Null(throttle.RetryAfter(new("globex", "bob", "bob")));
    }

    [Fact]
    public async Task A_client_that_is_throttled_does_not_fill_the_audit()
    {
        await using var server = await StartAsync(new FakeTimeProvider());
        using var victim = await server.Client().OpenAsync();
        using var stranger = victim.As(TestConfiguration.Bob);
        for (var i = 0; i < 20 * Most; i++)
        {
            await stranger.CallAsync("increment");
        }

        Assert.Equal(20 * Most, server.Signals[SignalName.CrossSessionAttempt]);
        await server.StopAsync();
        Assert.Equal(Most + 1, server.ReadAudit().Split('\n').Count(line => line.Contains("cross_session_attempt", StringComparison.Ordinal)));
    }

    private static async Task ExpectThrottledAfterAsync(TestServer server, string signal, bool isAttempt)
    {
        using var own = await server.Client(TestConfiguration.Bob).OpenAsync();
        var signals = (ISignals)server.Services.GetService(typeof(ISignals))!;
        for (var i = 0; i <= Most; i++)
        {
            signals.Raise(new Signal(signal, new("acme", "bob", "bob"), new("acme", "alice", "alice", null)));
        }

        using var more = server.Client(TestConfiguration.Bob);
        var opened = await more.PostAsync(Rpc.Initialize(1, "2025-11-25"));
        if (isAttempt)
        {
            ExpectThrottled(opened);
        }
        else
        {
            opened.Expect(HttpStatusCode.OK);
        }

        Assert.Equal(1, await own.IncrementAsync());
        using var victim = await server.Client().OpenAsync();
        Assert.Equal(1, await victim.IncrementAsync());
    }

    private static void ExpectThrottled(RawReply reply)
    {
        reply.Expect(HttpStatusCode.TooManyRequests);
        Assert.InRange(int.Parse(reply.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        var data = reply.Json["error"]!["data"]!;
        Assert.Equal("held_back", (string?)data["code"]);
        Assert.Equal(reply.Headers["Retry-After"], data["retryAfterSeconds"]!.ToJsonString());
    }

    private static ServerConfiguration Configuration => TestConfiguration.With() with { Signals = new SignalConfiguration { AttemptsPerMinute = Most } };

    private static Task<TestServer> StartAsync(TimeProvider time) =>
        TestServer.StartAsync(new TestServerOptions { Time = time, Configuration = Configuration });
}
