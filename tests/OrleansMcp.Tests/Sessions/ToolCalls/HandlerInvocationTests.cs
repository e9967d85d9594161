using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class HandlerInvocationTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task A_tool_gets_its_arguments_and_its_result_is_the_answer()
    {
        var outcome = await RunAsync(_bench, _bench.ToolCall(arguments: new { text = "a" }, id: 7));
        Assert.Equal(("a", ToolOutcome.Ok, 1), (outcome.Text(), outcome.Code, _bench.Tools.Runs));
        Assert.Equal(7, (int)outcome.Reply.Json()["id"]!);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_while_it_queued_does_not_run()
    {
        var call = _bench.ToolCall();
        call.Revoke();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(_bench, call));
        Assert.Equal(0, _bench.Tools.Runs);
    }

    [Theory]
    [InlineData("known", ToolOutcome.Error, "Not today.")]
    [InlineData("secret", "secret_unavailable", "secret_unavailable: ")]
    [InlineData("quota", "quota_exceeded", "quota_exceeded: ")]
    [InlineData("records", "conflict", "conflict: Read again.")]
    [InlineData("permission", "permission_denied", "permission_denied: ")]
    [InlineData("unforeseen", ToolOutcome.Error, "The tool 'bench_fail' failed.")]
    public async Task A_failure_is_told_in_as_many_words_as_its_client_may_hear(string how, string code, string begin)
    {
        var outcome = await RunAsync(_bench, _bench.ToolCall("bench_fail", new { how }));
        Assert.Equal((code, false), (outcome.Code, outcome.Succeeded));
        Assert.StartsWith(begin, outcome.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", outcome.Reply.Json().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_the_protocol_is_the_requests() =>
        await Assert.ThrowsAsync<McpProtocolException>(() => RunAsync(_bench, _bench.ToolCall("bench_fail", new { how = "protocol" })));

    [Fact]
    public async Task A_call_that_is_cancelled_while_it_runs_is_cancelled()
    {
        var call = _bench.ToolCall("bench_wait", new { gate = "gate" });
        var running = RunAsync(_bench, call);
        await _bench.Gates["gate"].Entered;
        call.Cancel(CancelReason.SessionEnded);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTime("the call ended"));
    }

    [Fact]
    public async Task A_tool_that_asks_its_user_is_run_again_with_the_answer()
    {
        var call = _bench.ToolCall("bench_ask");
        var running = RunAsync(_bench, call);
        var question = await _bench.Streams.NextMessageAsync(call.Sink.Stream!.Id);
        var answer = Rpc.Result(question["id"], new { action = "accept", content = new { colour = "red" } });
        Assert.True(_bench.Requests.TryAnswer(SessionBench.Parse(answer)));
        Assert.Equal("inner red", (await running.InTime("the tool was run again")).Text());
        Assert.Equal((2, true), (_bench.Tools.Runs, call.Traits.HasFlag(CallTraits.Effect)));
    }

    [Fact]
    public async Task In_2026_07_28_the_question_is_the_answer_and_the_tools_state_stays_here()
    {
        var bench = new SessionBench(isPrincipal: true);
        var outcome = await RunAsync(bench, bench.ToolCall("bench_ask"));
        Assert.Equal((ToolOutcome.InputRequired, false, true), (outcome.Code, outcome.Succeeded, bench.Inputs.Any));
        Assert.DoesNotContain("inner", outcome.Reply.Json().ToJsonString(), StringComparison.Ordinal);
    }

    private static Task<ToolCallOutcome> RunAsync(SessionBench bench, RunningCall call) => new ToolCallContinuation(
        [new HandlerInvocation(bench.Environment, [], bench.Replies, bench.ToolFailures)], first: 0).InvokeAsync(call).AsTask();
}
