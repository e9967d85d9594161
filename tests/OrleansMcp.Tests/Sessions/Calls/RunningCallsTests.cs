using System.Text.Json;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Calls;

public sealed class RunningCallsTests
{
    private static readonly ServerConfiguration s_two = TestConfiguration.With(new SessionConfiguration { MaxConcurrentRequests = 2 });
    private readonly SessionBench _bench = new(s_two);
    private readonly SessionBench _principal = new(s_two, isPrincipal: true);

    [Fact]
    public void A_session_runs_as_many_calls_as_it_may_and_refuses_the_next()
    {
        var first = _bench.ToolCall(id: 1);
        Assert.Null(_bench.Calls.Add(first));
        Assert.Null(_bench.Calls.Add(_bench.ToolCall(id: 2)));
        var refusal = Assert.NotNull(_bench.Calls.Add(_bench.ToolCall(id: 3)));
        Assert.Equal((429, RpcError.Refused), (refusal.Status, (int)refusal.Body!.Json()["error"]!["code"]!));
        Assert.Equal(2, _bench.Calls.Count);

        _bench.Calls.Complete(first, Answer.None);
        Assert.Null(_bench.Calls.Add(_bench.ToolCall(id: 3)));
    }

    [Fact]
    public async Task A_call_that_waits_for_its_user_counts_as_one_that_runs()
    {
        await WaitingCall.StartAsync(_principal);
        Assert.Null(_principal.Calls.Add(_principal.ToolCall(id: 2)));
        Assert.Equal(429, _principal.Calls.Add(_principal.ToolCall(id: 3))!.Value.Status);
    }

    [Fact]
    public void Of_several_calls_with_one_id_the_newest_is_found()
    {
        var (first, second) = (_bench.ToolCall(id: "a"), _bench.ToolCall(id: "a"));
        Assert.Null(_bench.Calls.Add(first));
        Assert.Null(_bench.Calls.Add(second));
        Assert.Same(second, _bench.Calls.FindNewest(Id("\"a\"")));
        _bench.Calls.Complete(second, Answer.None);
        Assert.Same(first, _bench.Calls.FindNewest(Id("\"\\u0061\"")));
        _bench.Calls.Complete(first, Answer.None);
        Assert.Null(_bench.Calls.FindNewest(Id("\"a\"")));
    }

    private static RpcId Id(string json) => RpcId.Of(JsonDocument.Parse(json).RootElement);

    [Fact]
    public void Requests_of_2026_07_28_with_equal_ids_are_different_calls()
    {
        var (first, second) = (_principal.ToolCall(id: 1), _principal.ToolCall(id: 1));
        Assert.Null(_principal.Calls.Add(first));
        Assert.Null(_principal.Calls.Add(second));
        Assert.NotEqual(first.Key, second.Key);
        _principal.Calls.Complete(first, Answer.None);
        Assert.Same(second, Assert.Single(_principal.Calls.All));
    }

    [Fact]
    public async Task A_call_is_answered_once()
    {
        var sink = _bench.Sink(requests: 2, isBatch: true);
        var (call, other) = (_bench.Call(_bench.Request("ping", id: 1), sink: sink), _bench.Call(_bench.Request("ping", id: 2), sink: sink));
        Assert.Null(_bench.Calls.Add(call));
        Assert.Null(_bench.Calls.Add(other));
        _bench.Calls.Complete(call, Answer.Of("1"u8.ToArray()));
        _bench.Calls.Complete(call, Answer.Of("2"u8.ToArray()));
        Assert.Equal(1, _bench.Calls.Count);
        _bench.Calls.Complete(other, Answer.Of("3"u8.ToArray()));
        Assert.Equal("[1,3]", (await sink.ReplyAsync()).Json().ToJsonString());
    }

    [Fact]
    public async Task All_that_run_and_all_that_wait_are_cancelled_for_the_same_reason()
    {
        var waiting = await WaitingCall.StartAsync(_principal);
        var running = _principal.ToolCall(id: 2);
        Assert.Null(_principal.Calls.Add(running));
        Assert.Equal(2, _principal.Calls.CancelAll(CancelReason.SessionMoved));
        Assert.All([running, waiting.Call], call => Assert.Equal(CancelReason.SessionMoved, call.Cancelled));
        Assert.Equal(0, _principal.Inputs.Count);
    }

    [Fact]
    public void The_first_reason_of_a_cancellation_counts()
    {
        var call = _bench.ToolCall();
        call.Cancel(CancelReason.TimedOut);
        call.Cancel(CancelReason.SessionEnded);
        Assert.Equal(CancelReason.TimedOut, call.Cancelled);
    }

    [Fact]
    public void No_call_begins_after_the_close()
    {
        var running = _bench.ToolCall(id: 1);
        Assert.Null(_bench.Calls.Add(running));
        _bench.Calls.Close();
        Assert.NotNull(_bench.Calls.Add(_bench.ToolCall(id: 2)));
        Assert.False(running.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task It_is_known_when_all_are_answered()
    {
        var calls = OfTime();
        Assert.True(calls.AllAnsweredAsync().IsCompleted);
        var (first, second) = (_bench.ToolCall(id: 1), _bench.ToolCall(id: 2));
        Assert.Null(calls.Add(first));
        Assert.Null(calls.Add(second));
        calls.Complete(first, Answer.None);
        calls.Complete(first, Answer.None); // What its handler returns after a revocation, say.
        var all = calls.AllAnsweredAsync();
        Assert.False(all.IsCompleted);
        calls.Complete(second, Answer.None);
        await all.InTime("both are answered");
    }

    [Fact]
    public async Task A_call_that_ignores_its_cancellation_is_not_waited_for()
    {
        var (calls, call) = (OfTime(), _bench.ToolCall());
        Assert.Null(calls.Add(call));
        Assert.Equal(1, calls.CancelAll(CancelReason.SessionMoved));
        var all = calls.AllAnsweredAsync();
        Assert.False(all.IsCompleted);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        await all.InTime("the wait ended by itself");
        Assert.Equal(1, calls.Count);
    }

    [Fact]
    public void Calls_that_began_later_and_subscriptions_are_not_waited_for()
    {
        Assert.Null(_principal.Calls.Add(_principal.Call("subscriptions/listen", new { notifications = new { } })));
        Assert.False(_principal.Calls.AnyBegunBy(long.MaxValue));
        var call = _principal.ToolCall();
        Assert.Null(_principal.Calls.Add(call));
        Assert.True(_principal.Calls.AnyBegunBy(call.BegunAt));
        Assert.False(_principal.Calls.AnyBegunBy(call.BegunAt - 1));
    }

    private RunningCalls OfTime() => new(_bench.Configuration, _bench.Inputs) { Time = _bench.Time };
}
