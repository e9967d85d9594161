using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Input;

public sealed class ClientRequestsTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);
    private readonly SessionBench _bench = new(TestConfiguration.With(new SessionConfiguration { InputTimeout = s_timeout }));

    [Fact]
    public async Task A_question_goes_out_on_the_stream_of_its_call_and_its_answer_comes_back()
    {
        var call = _bench.ToolCall();
        var asking = AskAsync(call);
        var question = await _bench.Streams.NextMessageAsync(call.Sink.Stream!.Id);
        Assert.Equal(("elicitation/create", "life-1"), ((string)question["method"]!, (string)question["id"]!));
        Assert.True(Answer(Rpc.Result("life-1", new { action = "accept" })));
        Assert.Equal("accept", (string?)(await asking.InTime("the answer came")).Result!["action"]);
    }

    [Fact]
    public async Task A_question_of_a_call_without_a_stream_goes_out_on_the_sessions_own()
    {
        var asking = AskAsync(_bench.Call(_bench.Request("tools/call", Rpc.CallParams("bench_echo")), sink: _bench.Sink(acceptsStream: false)));
        Assert.Equal("life-1", (string?)(await _bench.Streams.NextMessageAsync(0))["id"]);
        Assert.True(Answer(Rpc.Result("life-1", new { })));
        await asking.InTime("the answer came");
    }

    [Fact]
    public async Task An_answer_counts_once_and_only_for_what_was_asked()
    {
        var asking = AskAsync(_bench.ToolCall());
        Assert.False(Answer(Rpc.Result("life-2", new { })));
        Assert.False(Answer(Rpc.Result("formerlife-1", new { })));
        Assert.False(Answer(Rpc.Result(1, new { })));
        Assert.False(asking.IsCompleted);
        Assert.True(Answer(Rpc.Result("life-1", new { })));
        Assert.False(Answer(Rpc.Result("life-1", new { })));
        await asking.InTime("the answer came");
    }

    [Fact]
    public async Task An_error_is_an_answer_and_a_failure_of_the_handler()
    {
        var asking = AskAsync(_bench.ToolCall());
        Assert.True(Answer("""{"jsonrpc":"2.0","id":"life-1","error":{"code":-1,"message":"not now"}}"""));
        var failure = await Assert.ThrowsAsync<McpException>(() => asking.InTime("the answer came"));
        Assert.Contains("not now", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_waited_for_as_long_as_the_configuration_says()
    {
        var asking = AskAsync(_bench.ToolCall());
        _bench.Time.Advance(s_timeout - TimeSpan.FromSeconds(1));
        Assert.False(asking.IsCompleted);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<McpException>(() => asking.InTime("the wait ended"));
        Assert.False(Answer(Rpc.Result("life-1", new { })));
    }

    [Fact]
    public async Task A_cancelled_call_waits_for_nobody()
    {
        var call = _bench.ToolCall();
        var asking = AskAsync(call);
        call.Cancel(CancelReason.Client);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.InTime("the wait ended"));
        Assert.False(Answer(Rpc.Result("life-1", new { })));
    }

    [Fact]
    public async Task The_close_fails_what_waits_and_asks_nothing_more()
    {
        var asking = AskAsync(_bench.ToolCall());
        _bench.Requests.Close();
        await Assert.ThrowsAsync<McpException>(() => asking.InTime("the wait ended"));
        var late = AskAsync(_bench.ToolCall());
        Assert.True(late.IsFaulted);
        await Assert.ThrowsAsync<McpException>(() => late);
    }

    [Fact]
    public async Task The_time_of_the_user_is_not_the_calls()
    {
        var call = _bench.ToolCall();
        call.Clock = new(_bench.Time);
        call.Clock.Start();
        var asking = AskAsync(call);
        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, call.Clock.Elapsed);
        Assert.True(Answer(Rpc.Result("life-1", new { })));
        await asking.InTime("the answer came");
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), call.Clock.Elapsed);
    }

    [Fact]
    public async Task What_a_handler_requires_is_asked_and_its_answers_are_its_next_params()
    {
        var (call, parameters) = (_bench.ToolCall(), new CallToolRequestParams { Name = "bench_ask" });
        var asking = _bench.Requests.AskAllAsync(call, Required(), parameters, round: 1);
        Assert.True(Answer(Rpc.Result("life-1", new { action = "accept" })));
        await asking.InTime("the answer came");
        Assert.Equal("inner", parameters.RequestState);
        Assert.Equal("accept", parameters.InputResponses!["colour"].RawValue.GetProperty("action").GetString());
        Assert.True(call.Traits.HasFlag(CallTraits.Effect));
    }

    [Fact]
    public async Task A_handler_asks_neither_for_ever_nor_for_what_its_client_cannot_do()
    {
        var parameters = new CallToolRequestParams { Name = "bench_ask" };
        await Assert.ThrowsAsync<McpException>(() => _bench.Requests.AskAllAsync(_bench.ToolCall(), Required(), parameters, round: 17));
        var sampling = new InputRequiredResult
        {
            InputRequests = new Dictionary<string, InputRequest> { ["x"] = new() { Method = RequestMethods.SamplingCreateMessage } },
        };
        await Assert.ThrowsAsync<MissingRequiredClientCapabilityException>(() => _bench.Requests.AskAllAsync(_bench.ToolCall(), sampling, parameters, round: 1));
        Assert.False(_bench.Streams.Any);
    }

    private static InputRequiredResult Required() => new()
    {
        InputRequests = new Dictionary<string, InputRequest>
        {
            ["colour"] = InputRequest.ForElicitation(new ElicitRequestParams { Message = "Which?", RequestedSchema = new() }),
        },
        RequestState = "inner",
    };

    private Task<JsonRpcResponse> AskAsync(RunningCall call) => _bench.Requests.AskAsync(call, WaitingCall.Question, CancellationToken.None);

    private bool Answer(string message) => _bench.Requests.TryAnswer(SessionBench.Parse(message));
}
