using ModelContextProtocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class ToolCallLoggingTests
{
    private readonly SessionBench _bench = new();
    private readonly RecordingStage _next;

    public ToolCallLoggingTests() => _next = new RecordingStage(_bench.Replies);

    [Fact]
    public async Task A_call_is_read_before_it_goes_on_and_written_down_when_it_is_answered()
    {
        _next.Answer = async call =>
        {
            Assert.Equal("bench_echo", call.Tool!.Name);
            Assert.Empty(await LogAsync());
            _bench.Time.Advance(TimeSpan.FromMilliseconds(70));
            return _next.Text(call, "done");
        };
        await RunAsync(Call("bench_echo", new { text = "a" }));
        var entry = Assert.Single(await LogAsync());
        Assert.Equal(
            ("alice", _bench.Record.Name, "bench_echo", ToolOutcome.Ok, TimeSpan.FromMilliseconds(70)),
            (entry.Client, entry.Session, entry.Tool, entry.Outcome, entry.Duration));
    }

    [Fact]
    public async Task A_refusal_is_written_down_with_its_code_and_without_what_was_refused()
    {
        _next.Answer = call => new(_bench.Replies.WriteToolCall(call, ToolResults.NotPermitted("bench_echo")));
        await RunAsync(Call("bench_echo"));
        _next.Answer = call => new(_next.Text(call, "the password is hunter2", isError: true));
        await RunAsync(Call("bench_echo"));
        Assert.Equal([ToolOutcome.Error, "permission_denied"], await OutcomesAsync());
        Assert.DoesNotContain("hunter2", string.Join(' ', await LogAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_fails_is_written_down_and_fails()
    {
        _next.Answer = _ => throw new McpProtocolException("No.", McpErrorCode.InvalidParams);
        await Assert.ThrowsAsync<McpProtocolException>(() => RunAsync(Call("bench_echo")));
        _next.Answer = _ => throw new OperationCanceledException();
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(Call("bench_echo")));
        _next.Answer = _ => throw new InvalidOperationException("the password is hunter2");
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Call("bench_echo")));
        Assert.Equal([ToolOutcome.Error, ToolOutcome.Cancelled, ToolOutcome.Invalid], await OutcomesAsync());
    }

    [Fact]
    public async Task A_call_that_was_revoked_while_it_ran_was_not_permitted_whatever_it_returns()
    {
        _next.Answer = call =>
        {
            call.Revoke();
            return new(_next.Text(call, "done"));
        };
        await RunAsync(Call("bench_echo"));
        Assert.Equal(["permission_denied"], await OutcomesAsync());
    }

    [Fact]
    public async Task A_call_that_names_no_tool_goes_no_further_and_is_not_written_down()
    {
        await Assert.ThrowsAsync<McpProtocolException>(() => RunAsync(_bench.Call("tools/call", new { name = 7 })));
        await Assert.ThrowsAsync<McpProtocolException>(() => RunAsync(_bench.Call("tools/call")));
        Assert.Empty(await LogAsync());
        await Assert.ThrowsAsync<McpProtocolException>(() => RunAsync(_bench.Call("tools/call", new { name = "bench_echo", arguments = 7 })));
        Assert.Equal([ToolOutcome.Invalid], await OutcomesAsync());
        Assert.Equal(0, _next.Reached);
    }

    [Fact]
    public async Task A_long_name_is_cut()
    {
        await RunAsync(Call(new string('x', 500)));
        Assert.Equal(128, Assert.Single(await LogAsync()).Tool.Length);
    }

    private RunningCall Call(string tool, object? arguments = null) => _bench.Call("tools/call", Rpc.CallParams(tool, arguments));

    private Task RunAsync(RunningCall call) =>
        _next.RunAsync(new ToolCallLogging(_bench.Record, _bench.ToolLog, _bench.Interference, _bench.Time), call).AsTask();

    private async Task<IReadOnlyList<ToolLogEntry>> LogAsync()
    {
        await _bench.ToolLog.FlushAsync(CancellationToken.None);
        return await _bench.Tenants.Get("acme").ReadCallsAsync(new ToolLogQuery("acme", "alice", ["toollog:*"], new ToolLogFilter()), CancellationToken.None);
    }

    private async Task<IEnumerable<string>> OutcomesAsync() => (await LogAsync()).Select(entry => entry.Outcome);
}
