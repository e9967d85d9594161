using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Input;

public sealed class PendingInputsTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);

    private readonly SessionBench _bench = new(
        TestConfiguration.With(new SessionConfiguration { InputTimeout = s_timeout }), isPrincipal: true);

    [Fact]
    public async Task A_retry_wakes_the_call_that_waits_with_its_users_answer()
    {
        var waiting = await WaitingCall.StartAsync(_bench);
        var retry = waiting.Retry();
        Assert.Same(waiting.Call, waiting.TakeUp(retry));
        Assert.Same(retry, waiting.Call.Message);
        Assert.Equal("accept", (string?)(await waiting.Handler.InTime("the handler went on")).Json()["action"]);
        Assert.Equal(0, _bench.Inputs.Count);
        Assert.Empty(_bench.Signals.Raised);
    }

    [Fact]
    public async Task A_state_is_used_once()
    {
        var waiting = await WaitingCall.StartAsync(_bench);
        Assert.NotNull(waiting.TakeUp(waiting.Retry()));
        Assert.Null(waiting.TakeUp(waiting.Retry()));
    }

    [Fact]
    public async Task Of_many_retries_at_once_one_wakes_the_call()
    {
        var waiting = await WaitingCall.StartAsync(_bench);
        var retry = waiting.Retry();
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => waiting.TakeUp(retry))));
        Assert.Single(taken.OfType<RunningCall>());
    }

    [Fact]
    public async Task A_strangers_state_is_refused_raises_its_signal_and_stays_its_owners()
    {
        var waiting = await WaitingCall.StartAsync(_bench);
        Assert.Null(waiting.TakeUp(waiting.Retry(), SessionBench.Bob));
        Assert.Equal((SignalName.CrossSessionAttempt, "bob"), Last());
        Assert.Null(waiting.TakeUp(waiting.Retry(), SessionBench.Carol));
        Assert.Equal((SignalName.CrossTenantAttempt, "carol"), Last());
        Assert.Null(waiting.TakeUp(waiting.Retry(), SessionBench.Alice with { Subject = "another user" }));
        Assert.Equal((SignalName.CrossSessionAttempt, "alice"), Last());
        Assert.Null(waiting.TakeUp(waiting.Retry(), state: new string('A', 73)));
        Assert.Equal((SignalName.ForgedSessionId, "alice"), Last());
        Assert.NotNull(waiting.TakeUp(waiting.Retry()));
        Assert.Equal(4, _bench.Signals.Raised.Count);

        (string, string) Last() => (_bench.Signals.Raised.Last().Name, _bench.Signals.Raised.Last().Who!.Client);
    }

    [Fact]
    public async Task A_state_belongs_to_its_request()
    {
        var waiting = await WaitingCall.StartAsync(_bench);
        Assert.Null(waiting.TakeUp(waiting.Retry(tool: "bench_other")));
        Assert.Null(waiting.TakeUp(waiting.Retry(text: "b")));
        Assert.NotNull(waiting.TakeUp(waiting.Retry()));
    }

    [Fact]
    public async Task A_client_that_answers_nothing_ends_the_wait_and_its_state_leads_nowhere()
    {
        var waiting = await WaitingCall.StartAsync(_bench);
        _bench.Time.Advance(s_timeout);
        await Assert.ThrowsAsync<McpException>(() => waiting.Handler.InTime("the wait ended"));
        await Eventually.Holds(() => _bench.Inputs.Count == 0, "nothing is left of it");
        Assert.Null(waiting.TakeUp(waiting.Retry()));
    }

    [Fact]
    public async Task A_question_that_was_not_answered_is_asked_again()
    {
        var waiting = await WaitingCall.StartAsync(_bench);
        var parameters = Rpc.CallParams("bench_echo", new { text = "a" });
        parameters["requestState"] = waiting.State;
        Assert.Same(waiting.Call, waiting.TakeUp(_bench.Request("tools/call", parameters, id: 2)));
        var again = await _bench.Inputs.AwaitOrAskAsync(waiting.Call, waiting.Handler).InTime("it was asked again");
        Assert.NotNull(again.Body!.Json()["result"]!["inputRequests"]!["input-1"]);
        Assert.NotEqual(waiting.State, (string?)again.Body!.Json()["result"]!["requestState"]);
    }

    [Fact]
    public void A_handlers_own_state_comes_back_once_and_never_leaves_the_session()
    {
        var (retry, state) = Hold("inner-own");
        var taken = TakeUp(retry, state);
        Assert.Equal("inner-own", taken!.PriorState);
        Assert.Null(TakeUp(retry, state));
    }

    [Fact]
    public void A_handlers_own_state_lasts_as_long_as_its_user_has_time()
    {
        var ((first, early), (second, late)) = (Hold("inner-a"), Hold("inner-b"));
        _bench.Time.Advance(s_timeout - TimeSpan.FromSeconds(1));
        Assert.NotNull(TakeUp(first, early));
        Assert.True(_bench.Inputs.Any);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_bench.Inputs.Any);
        Assert.Null(TakeUp(second, late));
    }

    [Fact]
    public void Of_too_many_states_the_oldest_gives_way()
    {
        var (retry, state) = Hold("inner-oldest");
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        var others = Enumerable.Range(0, 64).Select(_ => Hold("inner-more")).ToList();
        Assert.Null(TakeUp(retry, state));
        Assert.All(others, other => Assert.NotNull(TakeUp(other.Retry, other.State)));
    }

    [Fact]
    public async Task What_waits_is_given_up_once_and_only_what_is_meant()
    {
        var (first, second) = (await WaitingCall.StartAsync(_bench), await WaitingCall.StartAsync(_bench, "bench_kept"));
        Assert.Same(second.Call, Assert.Single(_bench.Inputs.TakeWhere(call => call.Need!.Value.Name == "bench_kept")));
        Assert.Null(second.TakeUp(second.Retry(tool: "bench_kept")));
        Assert.Same(first.Call, Assert.Single(_bench.Inputs.TakeAll()));
        Assert.Empty(_bench.Inputs.TakeAll());
        Assert.Null(first.TakeUp(first.Retry()));
    }

    [Fact]
    public async Task Input_is_asked_of_clients_that_declared_it_and_through_requests_that_can_carry_it()
    {
        var sampling = new JsonRpcRequest { Method = RequestMethods.SamplingCreateMessage, Params = new JsonObject() };
        await Assert.ThrowsAsync<MissingRequiredClientCapabilityException>(() => _bench.Inputs.AskAsync(_bench.ToolCall(), sampling, CancellationToken.None));
        var list = _bench.Call("tools/list");
        await Assert.ThrowsAsync<McpException>(() => _bench.Inputs.AskAsync(list, WaitingCall.Question, CancellationToken.None));
        Assert.False(_bench.Inputs.Any);
    }

    [Fact]
    public async Task The_time_of_the_user_is_not_the_calls()
    {
        var call = _bench.ToolCall();
        call.Clock = new(_bench.Time);
        call.Clock.Start();
        var asking = _bench.Inputs.AskAsync(call, WaitingCall.Question, CancellationToken.None);
        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, call.Clock.Elapsed);
        call.Cancel(CancelReason.SessionEnded);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.InTime("the call was cancelled"));
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), call.Clock.Elapsed);
    }

    private (McpMessage Retry, string State) Hold(string inner)
    {
        var call = _bench.ToolCall("bench_ask", new { number = inner });
        var answer = _bench.Inputs.Hold(call, new InputRequiredResult { RequestState = inner }).Json();
        Assert.DoesNotContain(inner, answer.ToJsonString(), StringComparison.Ordinal);
        var state = (string)answer["result"]!["requestState"]!;
        return (WaitingCall.RetryOf(_bench, state, "bench_ask", new JsonObject { ["number"] = inner }), state);
    }

    private RunningCall? TakeUp(McpMessage retry, string state) =>
        _bench.Inputs.TakeUp(SessionBench.Alice, retry, RequestMeta.Read(retry), _bench.Sink(), state, static _ => null, out _);
}
