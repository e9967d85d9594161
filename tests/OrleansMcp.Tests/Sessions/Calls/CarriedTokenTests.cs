using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Secrets.Callers;

namespace OrleansMcp.Tests.Sessions.Calls;

/// <summary>A call holds its caller's token for as long as it is answered, and no longer.</summary>
public sealed class CarriedTokenTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task A_call_has_the_token_of_its_request_until_it_is_answered()
    {
        var token = CallerToken.Of("eyJ.eyJ.sig");
        var reply = Post(_bench, Waiting(), token);
        await _bench.Gates["gate"].Entered;
        token.Dispose(); // The front end needs it no more.
        var call = Assert.Single(_bench.Calls.All);
        Assert.Equal("eyJ.eyJ.sig", CallerTokenTests.Read(call.CallerToken!));
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
        Assert.Null(call.CallerToken);
        Assert.Null(CallerTokenTests.Read(token));
    }

    [Fact]
    public async Task A_cancelled_call_has_none_any_more()
    {
        var token = CallerToken.Of("eyJ.eyJ.sig");
        var reply = Post(_bench, Waiting(), token);
        await _bench.Gates["gate"].Entered;
        token.Dispose();
        var call = Assert.Single(_bench.Calls.All);
        call.Cancel(CancelReason.Client);
        Assert.Null(call.CallerToken);
        Assert.Null(CallerTokenTests.Read(token));
        Assert.True(call.Token.IsCancellationRequested); // So that nobody takes the missing token for a caller without one.
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
    }

    [Fact]
    public void A_token_that_comes_too_late_is_not_kept()
    {
        using var token = CallerToken.Of("eyJ.eyJ.sig");
        var (cancelled, answered) = (_bench.ToolCall(), _bench.ToolCall());
        cancelled.Cancel(CancelReason.Client);
        Assert.True(answered.TryAnswer());
        foreach (var call in new[] { cancelled, answered })
        {
            call.Carry(token);
            Assert.Null(call.CallerToken);
        }

        Assert.Equal("eyJ.eyJ.sig", CallerTokenTests.Read(token));
    }

    [Fact]
    public async Task What_is_refused_or_no_request_keeps_none()
    {
        var bench = new SessionBench(TestConfiguration.With(new SessionConfiguration { MaxConcurrentRequests = 1 }));
        var running = Post(bench, Waiting(bench), token: null);
        await bench.Gates["gate"].Entered;
        var token = CallerToken.Of("eyJ.eyJ.sig");
        Assert.NotEqual(0, (await Post(bench, Waiting(bench), token)).ErrorCode());
        await Post(bench, SessionBench.Parse(Rpc.Notification("notifications/initialized")), token);
        await Post(bench, SessionBench.Parse(Rpc.Result("none", new { })), token);
        await Post(bench, bench.Request("tools/invent"), token);
        token.Dispose();
        Assert.Null(CallerTokenTests.Read(token));
        bench.Gates["gate"].Open();
        await running.InTime("the call was answered");
    }

    [Fact]
    public async Task The_calls_of_a_batch_share_one()
    {
        var bench = new SessionBench(version: ProtocolVersions.March2025);
        var token = CallerToken.Of("eyJ.eyJ.sig");
        var reply = bench.Session.PostBatchAsync(
            SessionBench.Alice, [Waiting(bench, "first"), Waiting(bench, "second")], new PostOptions(AcceptsStream: true) { Token = token }, CancellationToken.None).AsTask();
        await bench.Gates["first"].Entered;
        await bench.Gates["second"].Entered;
        token.Dispose();
        var calls = bench.Calls.All;
        Assert.Equal(2, calls.Length);
        bench.Gates["first"].Open();
        await Eventually.Holds(() => bench.Calls.Count == 1, "the first was answered");
        Assert.Equal("eyJ.eyJ.sig", CallerTokenTests.Read(Assert.Single(bench.Calls.All).CallerToken!));
        bench.Gates["second"].Open();
        await reply.InTime("the batch was answered");
        Assert.Null(CallerTokenTests.Read(token));
    }

    [Fact]
    public async Task A_call_that_waits_for_input_has_the_token_of_its_retry_and_none_before()
    {
        var principal = new SessionBench(isPrincipal: true);
        var waiting = await WaitingCall.StartAsync(principal);
        using var first = CallerToken.Of("first");
        waiting.Call.Carry(first);
        waiting.Call.Release(); // Its request is answered, with the question.
        Assert.Null(waiting.Call.CallerToken);
        var second = CallerToken.Of("second");
        Assert.Same(waiting.Call, TakeUp(principal, waiting, second, static _ => null));
        second.Dispose();
        Assert.Equal("second", CallerTokenTests.Read(waiting.Call.CallerToken!));
        Assert.Equal("first", CallerTokenTests.Read(first));
    }

    [Fact]
    public async Task A_retry_that_is_refused_leaves_none()
    {
        var principal = new SessionBench(isPrincipal: true);
        var waiting = await WaitingCall.StartAsync(principal);
        var token = CallerToken.Of("eyJ.eyJ.sig");
        Assert.Null(TakeUp(principal, waiting, token, static _ => Answer.None));
        token.Dispose();
        Assert.Null(CallerTokenTests.Read(token));
    }

    [Fact]
    public void Nobody_shows_it()
    {
        using var token = CallerToken.Of("eyJ.eyJ.sig");
        var options = new PostOptions(AcceptsStream: true) { Token = token, SealedToken = [1, 2, 3] };
        Assert.DoesNotContain("eyJ", options.ToString(), StringComparison.Ordinal);
        Assert.Equal("{}", System.Text.Json.JsonSerializer.Serialize(token));
    }

    private static RunningCall? TakeUp(SessionBench bench, WaitingCall waiting, CallerToken token, Func<RunningCall, Answer?> admit)
    {
        var retry = waiting.Retry();
        return bench.Inputs.TakeUp(SessionBench.Alice, retry, RequestMeta.Read(retry), bench.Sink(), waiting.State, admit, out _, token);
    }

    private static Task<SessionReply> Post(SessionBench bench, McpMessage message, CallerToken? token) =>
        bench.Session.PostAsync(SessionBench.Alice, message, new PostOptions(AcceptsStream: true) { Token = token }, CancellationToken.None).AsTask();

    private McpMessage Waiting() => Waiting(_bench);

    private static McpMessage Waiting(SessionBench bench, string gate = "gate") =>
        bench.Request(Methods.ToolsCall, Rpc.CallParams("bench_wait", new { gate }), id: gate);
}
