using System.Text.Json.Nodes;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Authorization.Policies;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

public sealed class RevocationTests
{
    private readonly SessionBench _bench = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_call_that_runs_and_is_not_permitted_any_more_is_answered_at_once_and_cancelled()
    {
        var sink = _bench.Sink();
        var (revoked, kept) = (Running(_bench, "bench_wait", 1, sink), Running(_bench, "bench_echo", 2));
        _bench.Permit("tool:bench_echo");
        _bench.Revocation.Reconsider();
        Assert.Equal("permission_denied", Code((await sink.ReplyAsync()).Json()));
        Assert.Equal((true, CancelReason.Revoked), (revoked.IsRevoked, revoked.Cancelled));
        Assert.Equal((false, CancelReason.None), (kept.IsRevoked, kept.Cancelled));
        Assert.Same(kept, Assert.Single(_bench.Calls.All));
        Assert.Equal(1, _bench.Raised(SignalName.PermissionDenied));
    }

    [Fact]
    public async Task A_call_that_neither_waits_nor_runs_when_its_permission_is_taken_away_is_found_when_it_runs_again()
    {
        var waiting = await WaitingCall.StartAsync(_principal);
        var (retry, sink) = (waiting.Retry(), _principal.Sink());
        var taken = _principal.Inputs.TakeUp(SessionBench.Alice, retry, RequestMeta.Read(retry), sink, waiting.State, call =>
        {
            _principal.Permit("tool:other");
            _principal.Revocation.Reconsider();
            return _principal.Revocation.Admit(call);
        }, out _);
        Assert.True(taken!.IsRevoked);
        Assert.Equal("permission_denied", Code((await sink.ReplyAsync()).Json()));
    }

    [Fact]
    public async Task Nor_does_it_outlive_a_session_that_ends_in_that_moment()
    {
        var waiting = await WaitingCall.StartAsync(_principal);
        var retry = waiting.Retry();
        _principal.Inputs.TakeUp(SessionBench.Alice, retry, RequestMeta.Read(retry), _principal.Sink(), waiting.State, call =>
        {
            _principal.Calls.Close();
            _principal.Calls.CancelAll(CancelReason.SessionEnded);
            return _principal.Revocation.Admit(call);
        }, out var refused);
        Assert.NotNull(refused);
        Assert.Equal(CancelReason.SessionEnded, waiting.Call.Cancelled);
    }

    [Fact]
    public async Task What_a_revoked_call_answers_afterwards_reaches_nobody()
    {
        var sink = _bench.Sink(requests: 2, isBatch: true);
        var call = Running(_bench, "bench_wait", 1, sink);
        var other = Running(_bench, "bench_echo", 2, sink);
        _bench.Permit("tool:bench_echo");
        _bench.Revocation.Reconsider();
        _bench.Calls.Complete(call, Answer.Of("1"u8.ToArray()));
        _bench.Calls.Complete(other, Answer.Of("2"u8.ToArray()));
        var replies = (await sink.ReplyAsync()).Json().AsArray();
        Assert.Equal(("permission_denied", 2, 2), (Code(replies[0]!), (int)replies[1]!, replies.Count));
    }

    [Fact]
    public async Task A_request_that_is_no_tool_call_is_answered_with_an_error()
    {
        var sink = _bench.Sink();
        var call = _bench.Call(_bench.Request("resources/read", new { uri = "bench://one" }), sink: sink);
        Assert.Null(_bench.Calls.Add(call));
        _bench.Authorization.PermitResource(call, "bench://one");
        _bench.Permit("tool:*");
        _bench.Revocation.Reconsider();
        var reply = await sink.ReplyAsync();
        Assert.Equal((RpcError.Refused, "permission_denied"), (reply.ErrorCode(), (string?)reply.Json()["error"]!["data"]!["code"]));
    }

    [Fact]
    public async Task A_call_that_waits_for_its_user_is_cancelled_and_its_retry_leads_nowhere()
    {
        var waiting = await WaitingCall.StartAsync(_principal);
        Assert.True(_principal.Authorization.TryPermit(waiting.Call, PermissionKind.Tool, "bench_echo"));
        _principal.Permit("tool:other");
        _principal.Revocation.Reconsider();
        Assert.Equal((true, 0), (waiting.Call.IsRevoked, _principal.Inputs.Count));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Handler.InTime("the handler ended"));
        Assert.Null(waiting.TakeUp(waiting.Retry()));
    }

    [Fact]
    public void A_subscription_ends_when_one_of_its_resources_is_not_permitted_any_more()
    {
        var call = _principal.Call("subscriptions/listen", new { notifications = new { } });
        Assert.Null(_principal.Calls.Add(call));
        _principal.Authorization.PermitWatching(call, ["bench://one", "bench://two"]);
        _principal.Permit("resource:bench://one");
        _principal.Revocation.Reconsider();
        Assert.True(call.IsRevoked);
        Assert.Equal(0, _principal.Calls.Count);
    }

    [Fact]
    public async Task A_client_that_listens_hears_which_of_its_lists_changed()
    {
        _ = _bench.Authorization.Effective;
        await _bench.Streams.Set.AppendToOwnAsync("0"u8.ToArray(), CancellationToken.None);
        _bench.Permit("tool:bench_echo", "prompt:*", "resource:*");
        _bench.Revocation.Reconsider();
        _bench.Revocation.Reconsider();
        _bench.Streams.CloseAll();
        var told = (await _bench.Streams.ReadToEndAsync(0)).OfType<JsonObject>().Select(message => (string?)message["method"]);
        Assert.Equal(["notifications/tools/list_changed"], told);
    }

    [Fact]
    public async Task A_client_that_listens_hears_when_a_policy_hides_a_tool_it_was_shown()
    {
        _ = _bench.Authorization.Effective;
        _bench.Policy.List();
        await _bench.Streams.Set.AppendToOwnAsync("0"u8.ToArray(), CancellationToken.None);
        _bench.Configuration.Current = _bench.Configuration.Current with { Policies = Judging.SetOf("version: 1\nhide: [bench_echo]\n") };
        _bench.Revocation.Reconsider();
        _bench.Revocation.Reconsider();
        _bench.Streams.CloseAll();
        Assert.Single((await _bench.Streams.ReadToEndAsync(0)).OfType<JsonObject>());
    }

    [Fact]
    public async Task Nothing_is_told_to_a_client_before_anything_was_judged()
    {
        await _bench.Streams.Set.AppendToOwnAsync("0"u8.ToArray(), CancellationToken.None);
        _bench.Permit("tool:bench_echo");
        _bench.Revocation.Reconsider();
        _bench.Streams.CloseAll();
        Assert.Empty((await _bench.Streams.ReadToEndAsync(0)).OfType<JsonObject>());
    }

    [Fact]
    public void Nothing_is_told_to_a_client_without_a_stream()
    {
        _ = _bench.Authorization.Effective;
        _bench.Permit("tool:bench_wait");
        _bench.Revocation.Reconsider();
        Assert.False(_bench.Streams.Any);
    }

    [Fact]
    public void A_retry_is_refused_to_a_caller_that_may_not_make_the_call()
    {
        _principal.Permit("tool:bench_echo", "resource:bench://one", "prompt:bench_paint");
        Assert.Null(Refuse("tools/call", new { name = "bench_echo" }));
        Assert.Null(Refuse("prompts/get", new { name = "bench_paint" }));
        Assert.Null(Refuse("resources/read", new { uri = "bench://one" }));
        Assert.Null(Refuse("tools/list", new { }));
        Assert.Null(Refuse("tools/call", new { name = 7 }));
        Assert.Equal("permission_denied", Code(Refuse("tools/call", new { name = "bench_wait" })!.Value.Body!.Json()));
        Assert.True(Refuse("prompts/get", new { name = "bench_echo" })!.Value.Outcome == AnswerOutcome.Refused);
        Assert.True(Refuse("resources/read", new { uri = "bench://two" })!.Value.Outcome == AnswerOutcome.Refused);
        Assert.Equal(3, _principal.Raised(SignalName.PermissionDenied));
    }

    private Answer? Refuse(string method, object parameters) => _principal.Revocation.RefuseRetry(_principal.Call(method, parameters));

    private static string? Code(JsonNode reply) => (string?)reply["result"]!["structuredContent"]!["code"];

    private static RunningCall Running(SessionBench bench, string tool, int id, PostSink? sink = null)
    {
        var call = bench.Call(bench.Request("tools/call", Rpc.CallParams(tool), id), sink: sink);
        Assert.Null(bench.Calls.Add(call));
        Assert.True(bench.Authorization.TryPermit(call, PermissionKind.Tool, tool));
        return call;
    }
}
