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
        Assert.SkipUnless(engine.Time.GetUtcNow() - before < TimeSpan.FromMinutes(1), "This engine needs minutes to send an actor to sleep.");
        Assert.True((await EchoAsync(client)).Failed);
    }

    private static Task<ToolAnswer> EchoAsync(EngineClient client) => client.CallAsync("engine.echo", new { text = "x" });

    private static int RetryAfter(ToolAnswer answer) => (int)answer.Json["result"]!["structuredContent"]!["retryAfterSeconds"]!;
}
