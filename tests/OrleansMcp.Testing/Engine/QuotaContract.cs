using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>What all sessions of a client share, over all nodes.</summary>
public abstract class QuotaContract : EngineContract
{
    private static readonly QuotaConfiguration s_ten = new() { CallsPerMinute = 10 };

    [Fact]
    public async Task The_sessions_of_a_client_spend_one_budget_of_calls()
    {
        await using var engine = await StartAsync(s_ten);
        List<EngineClient> sessions = [await engine.OpenAsync(Alice), await engine.OpenAsync(Alice), engine.Principal(Alice)];
        List<ToolAnswer> answers = [];
        for (var i = 0; i < 18; i++)
        {
            answers.Add(await EchoAsync(sessions[i % 3].At(i % engine.NodeCount)));
        }

        Assert.Equal(10, answers.Count(answer => !answer.Failed));
        Assert.All(answers.Skip(10), answer => Assert.Equal("quota_exceeded", answer.Code));
        Assert.All(answers.Skip(10), answer => Assert.InRange(RetryAfter(answer), 1, 60));
        await SignalledAsync(engine, SignalName.QuotaExceeded, 8);

        Assert.True((await EchoAsync(await engine.OpenAsync(Alice))).Failed);
        Assert.False((await EchoAsync(await engine.OpenAsync(Bob))).Failed);
        Assert.False((await EchoAsync(await engine.OpenAsync(Carol))).Failed);
    }

    [Fact]
    public async Task Calls_made_at_once_do_not_pass_the_budget()
    {
        await using var engine = await StartAsync(s_ten);
        var sessions = new[] { await engine.OpenAsync(Alice), await engine.OpenAsync(Alice) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 60)
            .Select(i => Task.Run(() => EchoAsync(sessions[i % 2].At(i / 2 % engine.NodeCount)))));
        Assert.Equal(10, answers.Count(answer => !answer.Failed));
    }

    [Fact]
    public async Task The_next_minute_brings_a_new_budget()
    {
        await using var engine = await StartAsync(s_ten);
        var client = await engine.OpenAsync(Alice);
        for (var minute = 0; minute < 2; minute++)
        {
            for (var i = 0; i < 10; i++)
            {
                Assert.False((await EchoAsync(client)).Failed);
            }

            var refused = await EchoAsync(client.Elsewhere());
            Assert.Equal("quota_exceeded", refused.Code);
            engine.Time.Advance(TimeSpan.FromSeconds(RetryAfter(refused)));
        }
    }

    [Fact]
    public async Task Sleep_refills_nothing()
    {
        await using var engine = await StartAsync(TestConfiguration.With(
            new SessionConfiguration { PassivateAfter = TimeSpan.FromSeconds(1) }, quotas: s_ten));
        var client = await engine.OpenAsync(Alice);
        for (var i = 0; i < 10; i++)
        {
            Assert.False((await EchoAsync(client)).Failed);
        }

        var before = engine.Time.GetUtcNow();
        await engine.SendToSleepAsync();
        Assert.True(engine.Time.GetUtcNow() - before < TimeSpan.FromMinutes(1), "The minute was over.");
        Assert.True((await EchoAsync(client)).Failed);
    }

    [Fact]
    public async Task A_restart_refills_nothing()
    {
        await using var engine = await StartAsync(s_ten);
        var client = await engine.OpenAsync(Alice);
        Assert.Equal(6, await SpendAsync(client, 6));
        await engine.RestartAsync();
        Assert.InRange(await SpendAsync(client.Elsewhere(), 10), 0, 4);
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10, await SpendAsync(client, 20));
    }

    [Fact]
    public async Task Opening_and_dropping_sessions_gains_nothing()
    {
        await using var engine = await StartAsync(s_ten);
        var admitted = 0;
        for (var round = 0; round < 8; round++)
        {
            var client = (await engine.OpenAsync(Alice)).At(round % engine.NodeCount);
            admitted += await SpendAsync(client, 3);
            if (round % 2 == 0)
            {
                await client.EndAsync();
            }
        }

        Assert.InRange(admitted, 3, 10);
    }

    [Fact]
    public async Task The_clients_of_a_tenant_spend_one_budget_of_its_own()
    {
        await using var engine = await StartAsync(With(s_free, tenant: s_free with { CallsPerMinute = 10 }));
        var (alice, bob, carol) = (await engine.OpenAsync(Alice), (await engine.OpenAsync(Bob)).Elsewhere(), await engine.OpenAsync(Carol));
        Assert.Equal(6, await SpendAsync(alice, 6));
        Assert.InRange(await SpendAsync(bob, 10), 1, 4);
        Assert.Equal(("quota_exceeded", "callsPerMinute", "tenant"), Refusal(await EchoAsync(bob)));
        Assert.Equal(10, await SpendAsync(carol, 20));
    }

    [Fact]
    public async Task Each_session_has_a_budget_of_its_own_that_sleep_does_not_refill()
    {
        await using var engine = await StartAsync(With(s_free, session: s_free with { CallsPerMinute = 5 }));
        var (one, two) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Alice));
        Assert.Equal((5, 5), (await SpendAsync(one, 9), await SpendAsync(two.Elsewhere(), 9)));
        Assert.Equal(("quota_exceeded", "callsPerMinute", "session"), Refusal(await EchoAsync(one)));
    }

    [Fact]
    public async Task Calls_at_a_time_are_counted_over_the_sessions_of_a_client()
    {
        await using var engine = await StartAsync(s_free with { ConcurrentCalls = 2 });
        var (one, two) = (await engine.OpenAsync(Alice), (await engine.OpenAsync(Alice)).Elsewhere());
        var running = new[] { one.CallAsync("test_gate", new { gate = "a" }), two.CallAsync("test_gate", new { gate = "b" }) };
        await engine.Gates["a"].Entered;
        await engine.Gates["b"].Entered;
        Assert.Equal(("quota_exceeded", "concurrentCalls", "client"), Refusal(await EchoAsync(one)));
        Assert.Equal(("quota_exceeded", "concurrentCalls", "client"), Refusal(await EchoAsync(await engine.OpenAsync(Alice))));
        Assert.False((await EchoAsync(await engine.OpenAsync(Bob))).Failed);
        engine.Gates["a"].Open();
        Assert.False((await running[0]).Failed);
        await Eventually.Holds(async () => !(await EchoAsync(two)).Failed, "the place of the finished call was free");
        engine.Gates["b"].Open();
        Assert.False((await running[1]).Failed);
    }

    [Fact]
    public async Task Openings_a_minute_are_bounded_and_say_when_to_come_back()
    {
        await using var engine = await StartAsync(s_free with { SessionsPerMinute = 3 });
        for (var i = 0; i < 3; i++)
        {
            await (await engine.OpenAsync(Alice)).EndAsync();
        }

        var refused = await engine.Unopened(Alice).InitializeAsync();
        Assert.Equal(429, refused.Status);
        Assert.InRange(refused.RetryAfterSeconds, 1, 60);
        await engine.OpenAsync(Bob);
        engine.Time.Advance(TimeSpan.FromSeconds(refused.RetryAfterSeconds));
        await engine.OpenAsync(Alice);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_state_of_all_sessions_of_a_client_is_bounded(bool restart)
    {
        await using var engine = await StartAsync(s_free with { StateBytes = 100_000 });
        var (one, two) = (await engine.OpenAsync(Alice), (await engine.OpenAsync(Alice)).Elsewhere());
        await one.CallTextAsync("test_keep", new { bytes = 60_000 });
        if (restart)
        {
            await engine.RestartAsync();
        }

        Assert.Equal(("quota_exceeded", "stateBytes", "client"), Refusal(await two.CallAsync("test_keep", new { bytes = 60_000 })));
        await one.CallTextAsync("test_keep", new { bytes = 10 });
        await two.CallTextAsync("test_keep", new { bytes = 60_000 });
        await two.EndAsync();
        await one.CallTextAsync("test_keep", new { bytes = 90_000 });
    }

    [Fact]
    public async Task Output_may_go_beyond_by_one_call_and_is_made_up_for()
    {
        await using var engine = await StartAsync(s_free with { OutputBytesPerMinute = 10_000 });
        var client = await engine.OpenAsync(Alice);
        Assert.False((await client.CallAsync("test_print", new { bytes = 14_000 })).Failed);
        await Eventually.Holds(
            async () => Refusal(await EchoAsync(client)) == ("quota_exceeded", "outputBytesPerMinute", "client"), "the debt had arrived");
        Assert.True((await EchoAsync((await engine.OpenAsync(Alice)).Elsewhere())).Failed);
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await client.CallAsync("test_print", new { bytes = 8_000 })).Failed);
        await Eventually.Holds(async () => (await EchoAsync(client)).Failed, "the debt was paid from this minute");
    }

    [Fact]
    public async Task A_tool_reads_what_is_left()
    {
        await using var engine = await StartAsync(With(s_ten, session: s_free with { CallsPerMinute = 7 }));
        var client = await engine.OpenAsync(Alice);
        var lines = (await client.CallTextAsync("test_quotas")).Split('\n');
        Assert.Contains("Session callsPerMinute 6/7", lines);
        Assert.Contains("Client callsPerMinute 9/10", lines);
        Assert.Contains("Client sessions 99/100", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Tenant", StringComparison.Ordinal));
    }

    private static readonly QuotaConfiguration s_free = QuotaConfiguration.None;

    private static ServerConfiguration With(QuotaConfiguration client, QuotaConfiguration? tenant = null, QuotaConfiguration? session = null)
    {
        var configuration = TestConfiguration.With(quotas: client);
        return configuration with
        {
            Tenants = configuration.Tenants.ToDictionary(
                pair => pair.Key, pair => pair.Value with { Quotas = tenant ?? s_free, SessionQuotas = session ?? s_free }, StringComparer.Ordinal),
        };
    }

    private static async Task<int> SpendAsync(EngineClient client, int most)
    {
        for (var admitted = 0; admitted < most; admitted++)
        {
            if ((await EchoAsync(client)).Failed)
            {
                return admitted;
            }
        }

        return most;
    }

    private static (string? Code, string? Quota, string? Scope) Refusal(ToolAnswer answer)
    {
        var details = answer.Json["result"]?["structuredContent"];
        return ((string?)details?["code"], (string?)details?["quota"], (string?)details?["scope"]);
    }

    private static Task<ToolAnswer> EchoAsync(EngineClient client) => client.CallAsync("engine_echo", new { text = "x" });

    private static int RetryAfter(ToolAnswer answer) => (int)answer.Json["result"]!["structuredContent"]!["retryAfterSeconds"]!;
}
