using ModelContextProtocol;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Authorization.Policies;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Secrets;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

/// <summary>The order of the stages, by what a call leaves behind that one of them answers.</summary>
public sealed class ToolCallPipelineTests
{
    private const string Policy = """
        version: "1"
        tools:
          "bench_*": { rules: [{ name: some, rate_limit: 9/day, per: session }] }
          bench_echo: { rules: [{ name: short, conditions: [{ path: args.text, op: neq, value: bad }] }] }
          session_open: { rules: [{ name: never, action: deny }] }
        """;

    [Fact]
    public async Task A_call_that_nothing_is_against_leaves_its_mark_everywhere()
    {
        var bench = NewBench();
        Assert.Equal("a", (await RunAsync(bench, "bench_echo", new { text = "a" })).Text());
        await AssertMarksAsync(bench, counted: 1, calls: 1, runs: 1, ToolOutcome.Ok);
    }

    [Fact]
    public async Task A_call_that_is_not_permitted_is_written_down_and_neither_looked_up_nor_counted_nor_charged_nor_run()
    {
        var bench = NewBench();
        bench.Permit("tool:bench_wait");
        Assert.Equal("permission_denied", (await RunAsync(bench, "bench_echo")).Code);
        Assert.Equal("permission_denied", (await RunAsync(bench, "unknown")).Code);
        await AssertMarksAsync(bench, counted: 0, calls: 0, runs: 0, "permission_denied", "permission_denied");
    }

    [Fact]
    public async Task A_tool_that_is_not_there_and_arguments_that_do_not_fit_come_before_secrets_policies_and_quotas()
    {
        var bench = NewBench();
        var source = new GatedSource();
        source.Gate.Open();
        bench.SecretSources.Add(source);
        bench.Reserve("token");
        await Assert.ThrowsAsync<McpProtocolException>(() => RunAsync(bench, "unknown"));
        Assert.Equal(ToolOutcome.Invalid, (await RunAsync(bench, "bench_wait")).Code);
        Assert.Null(bench.Vault.Find());
        await AssertMarksAsync(bench, counted: 0, calls: 0, runs: 0, ToolOutcome.Invalid, ToolOutcome.Invalid);
    }

    [Fact]
    public async Task The_operators_secrets_are_read_before_a_call_is_counted()
    {
        var bench = NewBench();
        var source = new GatedSource();
        bench.SecretSources.Add(source);
        bench.Reserve("token");
        var running = RunAsync(bench, "bench_echo", new { text = "a" });
        await source.Gate.Entered;
        await AssertMarksAsync(bench, counted: 0, calls: 0, runs: 0);
        source.Gate.Open();
        await running.InTime("the call was answered");
        await AssertMarksAsync(bench, counted: 1, calls: 1, runs: 1, ToolOutcome.Ok);
    }

    [Fact]
    public async Task A_call_that_a_policy_denies_is_not_charged()
    {
        var bench = NewBench();
        Assert.Equal("policy_denied", (await RunAsync(bench, "bench_echo", new { text = "bad" })).Code);
        await AssertMarksAsync(bench, counted: 0, calls: 0, runs: 0, "policy_denied");
    }

    [Fact]
    public async Task A_call_that_a_quota_refuses_is_not_counted_by_the_policies()
    {
        var bench = NewBench(calls: 1);
        await RunAsync(bench, "bench_echo", new { text = "a" });
        Assert.Equal("quota_exceeded", (await RunAsync(bench, "bench_echo", new { text = "a" })).Code);
        await AssertMarksAsync(bench, counted: 1, calls: 1, runs: 1, "quota_exceeded", ToolOutcome.Ok);
    }

    [Fact]
    public async Task A_call_that_opens_a_session_is_judged_and_charged_like_any_other()
    {
        var bench = NewBench(isPrincipal: true);
        Assert.Equal("policy_denied", (await RunAsync(bench, "session_open")).Code); // The bench has no other session: it was not asked for.
        var poor = NewBench(calls: 0, isPrincipal: true);
        poor.Configuration.Current = poor.Configuration.Current with { Policies = Judging.SetOf("version: 1\nhide: [unknown]\n") };
        Assert.Equal("quota_exceeded", (await RunAsync(poor, "session_open")).Code);
    }

    [Fact]
    public async Task A_call_that_is_answered_from_the_cache_was_permitted_counted_and_charged()
    {
        var bench = NewBench();
        Assert.Equal((await RunAsync(bench, "bench_kept")).Text(), (await RunAsync(bench, "bench_kept")).Text());
        await AssertMarksAsync(bench, counted: 2, calls: 2, runs: 1, ToolOutcome.Ok, ToolOutcome.Ok);
        bench.Permit("tool:bench_echo");
        Assert.Equal("permission_denied", (await RunAsync(bench, "bench_kept")).Code);
    }

    [Fact]
    public async Task A_call_that_is_answered_from_the_cache_waits_for_no_turn_and_one_that_waits_is_charged()
    {
        var bench = NewBench();
        await RunAsync(bench, "bench_kept");
        Assert.True(bench.Scheduler.TryEnter("globex", out var place));
        Assert.True((await RunAsync(bench, "bench_kept").InTime("the kept result came")).Succeeded);
        var waiting = RunAsync(bench, "bench_echo", new { text = "a" });
        await Eventually.Holds(() => bench.Scheduler.Waiting == 1, "the call waits for its turn");
        Assert.Equal(1, bench.Account.Meter.Running);
        await AssertMarksAsync(bench, counted: 3, calls: 3, runs: 1, ToolOutcome.Ok, ToolOutcome.Ok);
        bench.Scheduler.Leave(place);
        await waiting.InTime("the turn came");
        Assert.Equal((2, 0), (bench.Tools.Runs, bench.Account.Meter.Running));
    }

    [Fact]
    public async Task A_call_that_fails_is_charged_and_counted()
    {
        var bench = NewBench();
        Assert.Equal(ToolOutcome.Error, (await RunAsync(bench, "bench_fail")).Code);
        await AssertMarksAsync(bench, counted: 1, calls: 1, runs: 1, ToolOutcome.Error);
    }

    private static SessionBench NewBench(int calls = 5, bool isPrincipal = false) => new(
        TestConfiguration.With(quotas: QuotaConfiguration.None with { CallsPerMinute = calls }) with
        {
            Policies = Judging.SetOf(Policy),
            Scheduler = new SchedulerConfiguration { MaxRunning = 1 },
        },
        isPrincipal);

    private static Task<ToolCallOutcome> RunAsync(SessionBench bench, string tool, object? arguments = null) =>
        bench.Pipeline.InvokeAsync(bench.Call("tools/call", Rpc.CallParams(tool, arguments))).AsTask();

    /// <param name="bench">The session.</param>
    /// <param name="counted">What its policy counters stand at.</param>
    /// <param name="calls">How many calls its client was charged for.</param>
    /// <param name="runs">How often a handler ran.</param>
    /// <param name="outcomes">What the tool log tells, the newest first.</param>
    private static async Task AssertMarksAsync(SessionBench bench, int counted, int calls, int runs, params string[] outcomes)
    {
        Assert.Equal((counted, runs), (bench.Counters.Exact()?.Sum(counter => counter.Total) ?? 0, bench.Tools.Runs));
        var left = (await bench.Account.ReadAsync(CancellationToken.None)).Single(one => one.Name == "callsPerMinute");
        Assert.Equal(calls, left.Limit - left.Left);
        await bench.ToolLog.FlushAsync(CancellationToken.None);
        var log = await bench.Tenants.Get("acme").ReadCallsAsync(new ToolLogQuery("acme", "alice", ["toollog:*"], new ToolLogFilter()), CancellationToken.None);
        Assert.Equal(outcomes, log.Select(entry => entry.Outcome));
    }
}
