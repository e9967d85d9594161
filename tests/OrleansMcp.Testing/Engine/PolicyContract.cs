using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Policies judge every call wherever its actor is, and what they count is neither lost nor refilled.</summary>
public abstract class PolicyContract : EngineContract
{
    private const string Limits = """
        version: "1"
        hide: [policy_secret]
        tools:
          policy_pay:
            rules:
              - name: cap
                conditions: [{ path: state.policy_pay.spent, op: lte, value: 100 }]
                on_deny: The cap is reached.
                state: { counter: spent, window: hour, increment_from: args.amount, per: SHARE }
        """;

    [Theory]
    [InlineData("session")]
    [InlineData("client")]
    [InlineData("tenant")]
    public async Task A_counter_is_shared_by_those_it_is_for_and_by_nobody_else(string share)
    {
        await using var engine = await StartAsync(share);
        var alice = await engine.OpenAsync(Alice);
        await PayAsync(alice, 60);
        await RefusedAsync(alice.Elsewhere(), 41);
        await PayAsync(alice.Elsewhere(), 40);
        await RefusedAsync(alice, 1);
        Assert.Equal(share == "session", await MayPayAsync(await engine.OpenAsync(Alice)));
        Assert.Equal(share == "session", await MayPayAsync(engine.Principal(Alice)));
        Assert.Equal(share != "tenant", await MayPayAsync((await engine.OpenAsync(Bob)).Elsewhere()));
        Assert.True(await MayPayAsync(await engine.OpenAsync(Carol)));
        Assert.True(engine.Signals[SignalName.PolicyDenied] >= 2);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("client")]
    public async Task What_ran_counts_also_when_it_failed_or_was_cancelled_and_an_error_of_the_protocol_gives_back(string share)
    {
        await using var engine = await StartAsync(share);
        var alice = await engine.OpenAsync(Alice);
        Assert.NotNull((await alice.CallAsync("policy_pay", new { amount = 100, refuse = true })).Json["error"]);
        Assert.True((await alice.CallAsync("policy_pay", new { amount = 40, fail = true })).Failed);
        await RefusedAsync(alice, 61);
        await using (await CancelledAsync(engine, alice, amount: 60))
        {
            await RefusedAsync(alice, 1);
        }

        await RefusedAsync(alice, 1);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("client")]
    public async Task Calls_made_at_once_do_not_pass_the_limit(string share)
    {
        await using var engine = await StartAsync(share);
        var sessions = new[] { await engine.OpenAsync(Alice), await engine.OpenAsync(Alice) };
        var used = share == "session" ? sessions[..1] : sessions;
        var answers = await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(i => Task.Run(() => used[i % used.Length].At(i / 2 % engine.NodeCount).CallAsync("policy_pay", new { amount = 10 }))));
        Assert.Equal(10, answers.Count(answer => !answer.Failed));
        Assert.Equal(10, engine.Gates["paid"].Passed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sessions_counter_survives_its_sleep_and_a_restart(bool restart)
    {
        await using var engine = await StartAsync("session");
        var alice = await engine.OpenAsync(Alice);
        await PayAsync(alice, 90);
        var hour = engine.Time.GetUtcNow().Hour;
        await LeaveMemoryAsync(engine, restart);
        Assert.Equal(hour, engine.Time.GetUtcNow().Hour);
        await RefusedAsync(alice, 11);
        await PayAsync(alice, 10);
    }

    [Fact]
    public async Task The_next_window_brings_a_new_limit_when_the_denial_says()
    {
        await using var engine = await StartAsync("client");
        var alice = await engine.OpenAsync(Alice);
        await PayAsync(alice, 100);
        var refused = await RefusedAsync(alice, 1);
        var wait = (int)refused.Json["result"]!["structuredContent"]!["retryAfterSeconds"]!;
        Assert.InRange(wait, 1, 3600);
        engine.Time.Advance(TimeSpan.FromSeconds(wait) - TimeSpan.FromMilliseconds(1));
        Assert.False(await MayPayAsync(await engine.OpenAsync(Alice)));
        engine.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await MayPayAsync(await engine.OpenAsync(Alice)));
    }

    [Fact]
    public async Task When_a_session_cannot_write_what_it_counted_the_call_does_not_run()
    {
        await using var engine = await StartAsync("session");
        var alice = await engine.OpenAsync(Alice);
        engine.StoreFails = true;
        Assert.True((await alice.CallAsync("policy_pay", new { amount = 100 })).Failed);
        engine.StoreFails = false;
        Assert.Equal(0, engine.Gates["paid"].Passed);
        await Eventually.Holds(() => MayPayAsync(alice, 100), "the session counts again, and nothing was used");
    }

    [Fact]
    public async Task A_hidden_tool_is_neither_listed_nor_run()
    {
        await using var engine = await StartAsync("session");
        foreach (var client in new[] { await engine.OpenAsync(Alice), engine.Principal(Alice) })
        {
            var listed = await client.Elsewhere().RequestAsync("tools/list");
            var names = listed["result"]!["tools"]!.AsArray().Select(tool => (string)tool!["name"]!).ToList();
            Assert.Contains("policy_pay", names);
            Assert.DoesNotContain("policy_secret", names);
            Assert.Equal("policy_denied", (await client.CallAsync("policy_secret")).Code);
        }

        Assert.Equal(0, engine.Gates["secret"].Passed);
    }

    [Fact]
    public async Task A_client_hears_when_a_tool_is_hidden_while_its_session_is_open()
    {
        await using var engine = await StartAsync(TestConfiguration.With());
        var alice = await engine.OpenAsync(Alice);
        await alice.RequestAsync("tools/list");
        await using var listening = await alice.Elsewhere().ListenAsync();
        engine.Configure(Limited("session"));
        Assert.Equal("notifications/tools/list_changed", (await listening.NextMessageAsync())?.Method);
        Assert.Equal("policy_denied", (await alice.CallAsync("policy_secret")).Code);
    }

    private static async Task<EngineStream> CancelledAsync(IEngine engine, EngineClient client, int amount)
    {
        var reply = client.PostPatientlyAsync(client.Request("tools/call", Rpc.CallParams("policy_pay", new { amount, wait = "gate" }, "token"), "the call"));
        await engine.Gates["gate"].Entered;
        await RefusedAsync(client, 1);
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "the call" }));
        await engine.Gates["gate"].Cancelled;
        _ = reply.ContinueWith(_ => { }, TaskScheduler.Default);
        return await client.ListenAsync();
    }

    private Task<IEngine> StartAsync(string share) => StartAsync(Limited(share));

    private static ServerConfiguration Limited(string share) => TestConfiguration.With() with
    {
        Policies = new PolicySet([PolicyFile.Parse(Limits.Replace("SHARE", share, StringComparison.Ordinal), "limits.yaml", "limits.yaml")]),
    };

    private static async Task PayAsync(EngineClient client, int amount) =>
        Assert.Equal($"paid {amount}", await client.CallTextAsync("policy_pay", new { amount }));

    private static async Task<bool> MayPayAsync(EngineClient client, int amount = 1) => !(await client.CallAsync("policy_pay", new { amount })).Failed;

    private static async Task<ToolAnswer> RefusedAsync(EngineClient client, int amount)
    {
        var answer = await client.CallAsync("policy_pay", new { amount });
        var details = answer.Json["result"]?["structuredContent"];
        Assert.Equal(("policy_denied", "cap", "The cap is reached."), ((string?)details?["code"], (string?)details?["rule"], (string?)details?["message"]));
        return answer;
    }
}
