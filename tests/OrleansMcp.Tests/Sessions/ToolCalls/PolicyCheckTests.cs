using ModelContextProtocol.Server;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Authorization.Policies;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class PolicyCheckTests
{
    private const string Once = """
        version: "1"
        tools: { "bench_*": { rules: [{ name: once, rate_limit: 1/day, per: session }] } }
        """;

    [Fact]
    public async Task Without_a_policy_every_call_goes_on()
    {
        var bench = new SessionBench();
        var next = new RecordingStage(bench.Replies);
        Assert.True((await next.RunAsync(Stage(bench), bench.ToolCall())).Succeeded);
    }

    [Fact]
    public async Task A_call_against_a_rule_goes_no_further_and_raises_one_signal()
    {
        var bench = Judged("""
            version: "1"
            tools: { bench_echo: { rules: [{ name: short, conditions: [{ path: args.text, op: eq, value: a }] }] } }
            """);
        var next = new RecordingStage(bench.Replies);
        Assert.True((await next.RunAsync(Stage(bench), bench.ToolCall(arguments: new { text = "a" }))).Succeeded);
        var denied = await next.RunAsync(Stage(bench), bench.ToolCall(arguments: new { text = "b" }));
        Assert.Equal(("policy_denied", 1), (denied.Code, next.Reached));
        var signal = Assert.Single(bench.Signals.Raised);
        Assert.Equal((SignalName.PolicyDenied, "bench_echo: short"), (signal.Name, signal.What));
    }

    [Fact]
    public async Task A_call_is_counted_before_it_runs()
    {
        var bench = Judged(Once);
        var next = new RecordingStage(bench.Replies);
        decimal counted = 0;
        next.Answer = call =>
        {
            counted = Counted(bench);
            return new(next.Text(call, "done"));
        };
        await next.RunAsync(Stage(bench), bench.ToolCall());
        Assert.Equal((1, 1), (counted, Counted(bench)));
        Assert.Equal("policy_denied", (await next.RunAsync(Stage(bench), bench.ToolCall())).Code);
        Assert.Equal((1, 1), (next.Reached, bench.Raised(SignalName.PolicyDenied)));
    }

    [Fact]
    public async Task What_a_call_whose_tool_did_not_run_has_reserved_is_given_back()
    {
        var bench = Judged(Once);
        var next = new RecordingStage(bench.Replies) { Answer = _ => throw new OperationCanceledException() };
        await Assert.ThrowsAsync<OperationCanceledException>(() => next.RunAsync(Stage(bench), bench.ToolCall()).AsTask());
        Assert.Equal(0, Counted(bench));
        next.Answer = call => new(next.Text(call, "no", isError: true));
        await next.RunAsync(Stage(bench), bench.ToolCall());
        Assert.Equal(0, Counted(bench));
        next.Answer = _ => new(ToolCallOutcome.InputRequired([]));
        await next.RunAsync(Stage(bench), bench.ToolCall());
        Assert.Equal((0, 3), (Counted(bench), next.Reached));
    }

    [Theory]
    [InlineData("cancelled", true)]
    [InlineData("moved", true)]
    [InlineData("moved and runs again", false)]
    [InlineData("an error", true)]
    [InlineData("an error of the protocol", false)]
    [InlineData("arguments that do not fit", false)]
    public async Task What_ran_counts_whatever_came_of_it_unless_the_protocol_says_error(string end, bool counts)
    {
        var bench = Judged(Once);
        var next = new RecordingStage(bench.Replies);
        next.Answer = call =>
        {
            call.HasRun = true;
            if (end.StartsWith("moved", StringComparison.Ordinal))
            {
                call.Tool!.Entry = new(McpServerTool.Create(() => "", new() { Name = "engine_echo", Idempotent = end != "moved" }));
                call.Cancel(CancelReason.SessionMoved);
            }

            return end switch
            {
                "an error" => new(next.Text(call, "no", isError: true)),
                "arguments that do not fit" => new(bench.Replies.WriteMistake(call, "no")),
                "an error of the protocol" => throw new ModelContextProtocol.McpProtocolException("no"),
                _ => throw new OperationCanceledException(),
            };
        };
        _ = await Xunit.Record.ExceptionAsync(() => next.RunAsync(Stage(bench), bench.ToolCall()).AsTask());
        Assert.Equal((counts ? 1 : 0, 1), (Counted(bench), next.Reached));
    }

    [Fact]
    public async Task What_cannot_be_counted_is_not_let_pass()
    {
        var bench = Judged(Once.Replace("per: session", "per: tenant", StringComparison.Ordinal));
        var next = new RecordingStage(bench.Replies);
        bench.Tenants.Ledgers.Fails = true;
        Assert.Equal("quota_unavailable", (await next.RunAsync(Stage(bench), bench.ToolCall())).Code);
        bench.Tenants.IsAway = true;
        Assert.Equal("quota_unavailable", (await next.RunAsync(Stage(bench), bench.ToolCall())).Code);
        var alone = Judged(Once);
        alone.Store.Fails = new IOException("The disk is full.");
        var nextOfAlone = new RecordingStage(alone.Replies);
        Assert.False((await nextOfAlone.RunAsync(Stage(alone), alone.ToolCall())).Succeeded);
        Assert.Equal((0, 0), (next.Reached, nextOfAlone.Reached));
    }

    [Fact]
    public async Task The_argument_that_names_a_session_is_not_judged()
    {
        var bench = Judged("""
            version: "1"
            tools: { bench_fail: { rules: [{ name: none, conditions: [{ path: args.session, op: exists, value: false }] }] } }
            """, isPrincipal: true);
        var next = new RecordingStage(bench.Replies);
        await next.RunAsync(Stage(bench), bench.ToolCall("bench_fail", new { session = "a handle" }));
        Assert.Equal(1, next.Reached);
    }

    private static PolicyCheck Stage(SessionBench bench) => new(bench.Policy, bench.Counters, bench.Trail, bench.Record, bench.Signals, bench.Replies);

    private static decimal Counted(SessionBench bench) => bench.Counters.Exact()?.Sum(counter => counter.Total) ?? 0;

    private static SessionBench Judged(string yaml, bool isPrincipal = false) =>
        new(TestConfiguration.With() with { Policies = Judging.SetOf(yaml) }, isPrincipal);
}
