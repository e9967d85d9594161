using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Calls;

public sealed class RequestRunnerTests
{
    private readonly SessionBench _bench = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_request_that_is_done_at_once_is_answered_at_once()
    {
        var reply = Start(_bench, _bench.Request("ping", id: 7), out _);
        Assert.True(reply.IsCompletedSuccessfully);
        Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{}}""", (await reply).Json().ToJsonString());
        Assert.Equal(0, _bench.Calls.Count);
    }

    [Fact]
    public async Task A_failure_is_an_answer()
    {
        Assert.Equal(RpcError.MethodNotFound, (await Start(_bench, _bench.Request("tools/invent"), out _)).ErrorCode());
        Assert.Equal(RpcError.InvalidParams, (await Start(_bench, _bench.Request("resources/read", new { uri = 7 }), out _)).ErrorCode());
        Assert.Equal(0, _bench.Calls.Count);
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_is_told_without_its_words()
    {
        var reply = await Start(_bench, _bench.Request("resources/read", new { uri = "bench://broken" }), out _);
        Assert.Equal(RpcError.InternalError, reply.ErrorCode());
        Assert.DoesNotContain("hunter2", reply.Json().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_silent_for_long_gets_a_stream()
    {
        var reply = Start(_bench, Waiting(_bench), out _);
        await _bench.Gates["gate"].Entered;
        _bench.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(reply.IsCompleted);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        var streaming = await reply.InTime("the call got a stream");
        Assert.Equal(ReplyKind.Stream, streaming.Kind);
        _bench.Gates["gate"].Open();
        Assert.Single(await _bench.Streams.ReadToEndAsync(streaming.StreamId).InTime("the call was answered"));
    }

    [Fact]
    public async Task An_answer_that_came_late_counts_as_activity()
    {
        var reply = Start(_bench, Waiting(_bench), out _);
        await _bench.Gates["gate"].Entered;
        _bench.Time.Advance(TimeSpan.FromSeconds(3));
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
        await Eventually.Holds(() => _bench.Activity.At == _bench.Time.GetUtcNow(), "the session was active");
    }

    [Fact]
    public async Task A_connection_that_closes_cancels_a_call_of_2026_07_28_and_no_other()
    {
        using var connection = new CancellationTokenSource();
        var lost = Start(_principal, Waiting(_principal), out _, connection.Token);
        var kept = Start(_bench, Waiting(_bench), out _, connection.Token);
        await Task.WhenAll(_principal.Gates["gate"].Entered, _bench.Gates["gate"].Entered);
        await connection.CancelAsync();
        var reply = await lost.InTime("the call ended");
        Assert.Empty(await _principal.Streams.ReadToEndAsync(reply.StreamId));
        Assert.False(kept.IsCompleted);
        _bench.Gates["gate"].Open();
        Assert.Equal(ReplyKind.Message, (await kept.InTime("the call was answered")).Kind);
    }

    [Fact]
    public async Task A_reader_that_leaves_its_stream_cancels_a_call_of_2026_07_28()
    {
        _ = Start(_principal, Waiting(_principal), out var sink);
        await _principal.Gates["gate"].Entered;
        sink.Abandoned!();
        await _principal.Gates["gate"].Cancelled;
    }

    [Fact]
    public async Task A_request_of_a_principal_says_who_sends_it()
    {
        var without = SessionBench.Parse(Rpc.Request(1, "tools/list"));
        Assert.Equal(RpcError.InvalidParams, (await Start(_principal, without, out _, version: ProtocolVersions.July2026)).ErrorCode());
        var older = SessionBench.Parse(Rpc.Request(1, "tools/list", new JsonObject
        {
            ["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/protocolVersion"] = ProtocolVersions.November2025,
                ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            },
        }));
        Assert.Equal(RpcError.InvalidRequest, (await Start(_principal, older, out _)).ErrorCode());
        Assert.Equal(0, _principal.Calls.Count);
    }

    [Fact]
    public async Task A_request_too_many_is_refused_and_not_run()
    {
        var bench = new SessionBench(TestConfiguration.With(new SessionConfiguration { MaxConcurrentRequests = 1 }));
        _ = Start(bench, Waiting(bench), out _);
        await bench.Gates["gate"].Entered;
        Assert.Equal(429, (await Start(bench, bench.Request("tools/call", Rpc.CallParams("bench_echo"), id: 2), out _)).Status);
        Assert.Equal(1, bench.Tools.Runs);
        bench.Gates["gate"].Open();
    }

    [Fact]
    public async Task A_state_that_leads_nowhere_is_refused_and_nothing_runs()
    {
        var (state, _) = _principal.Ids.IssueState(SessionBench.Alice);
        var retry = WaitingCall.RetryOf(_principal, state, "bench_echo", []);
        Assert.Equal(RpcError.InvalidParams, (await Start(_principal, retry, out _)).ErrorCode());
        Assert.Equal(0, _principal.Tools.Runs);
    }

    [Fact]
    public async Task A_retry_runs_a_handler_again_with_what_it_left_behind()
    {
        var first = await Start(_principal, _principal.Request("tools/call", Rpc.CallParams("bench_ask")), out _).InTime("the tool asked");
        var retry = WaitingCall.RetryOf(_principal, (string)first.Json()["result"]!["requestState"]!, "bench_ask", [], "colour");
        var answered = await Start(_principal, retry, out _).InTime("the retry was answered");
        Assert.Equal("inner red", (string?)answered.Json()["result"]!["content"]![0]!["text"]);
        Assert.Equal((2, 0), (_principal.Tools.Runs, _principal.Calls.Count));
    }

    [Fact]
    public async Task A_retry_that_finds_no_room_may_be_sent_again()
    {
        var bench = new SessionBench(TestConfiguration.With(new SessionConfiguration { MaxConcurrentRequests = 1 }), isPrincipal: true);
        var first = await Start(bench, bench.Request("tools/call", Rpc.CallParams("bench_ask")), out _).InTime("the tool asked");
        var retry = WaitingCall.RetryOf(bench, (string)first.Json()["result"]!["requestState"]!, "bench_ask", [], "colour");
        var other = Start(bench, Waiting(bench), out _);
        await bench.Gates["gate"].Entered;
        Assert.Equal(429, (await Start(bench, retry, out _)).Status);
        bench.Gates["gate"].Open();
        await other.InTime("the other call was answered");
        var answered = await Start(bench, retry, out _).InTime("the retry was answered");
        Assert.Equal("inner red", (string?)answered.Json()["result"]!["content"]![0]!["text"]);
    }

    [Fact]
    public async Task A_call_that_waits_is_not_woken_by_a_retry_that_finds_no_room()
    {
        var waiting = await WaitingCall.StartAsync(_principal);
        var roomy = _principal.Configuration.Current;
        _principal.Configuration.Current = roomy with { Sessions = new SessionConfiguration { MaxConcurrentRequests = 0 } };
        Assert.Equal(429, (await Start(_principal, waiting.Retry(), out _)).Status);
        Assert.Equal((1, false), (_principal.Inputs.Count, waiting.Handler.IsCompleted));
        _principal.Configuration.Current = roomy;
        _ = Start(_principal, waiting.Retry(), out _);
        await waiting.Handler.InTime("the handler went on");
    }

    [Fact]
    public async Task A_retry_whose_credential_does_not_permit_the_call_is_refused_and_uses_nothing_up()
    {
        _principal.Configuration.Current = _principal.Configuration.Current.Scoped(("few", ["tool:other"]), ("all", ["tool:*"]));
        var waiting = await WaitingCall.StartAsync(_principal);
        var narrow = SessionBench.Alice with { Scopes = new HashSet<string> { "few" } };
        var refused = await Start(_principal, waiting.Retry(), out _, caller: narrow);
        Assert.Equal("permission_denied", (string?)refused.Json()["result"]!["structuredContent"]!["code"]);
        Assert.Equal((1, 1), (_principal.Inputs.Count, _principal.Raised(SignalName.PermissionDenied)));

        _ = Start(_principal, waiting.Retry(), out _);
        await waiting.Handler.InTime("the handler went on");
    }

    private static McpMessage Waiting(SessionBench bench) => bench.Request("tools/call", Rpc.CallParams("bench_wait", new { gate = "gate" }));

    private static Task<SessionReply> Start(
        SessionBench bench, McpMessage message, out PostSink sink, CancellationToken disconnected = default, Caller? caller = null, string? version = null)
    {
        sink = bench.Sink();
        bench.Runner.Start(caller ?? SessionBench.Alice, message, sink, new PostOptions(AcceptsStream: true, version), disconnected);
        return sink.ReplyAsync().AsTask();
    }
}
