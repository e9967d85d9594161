using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class SchedulerTurnTests
{
    private readonly SessionBench _bench = new(
        TestConfiguration.With() with { Scheduler = new SchedulerConfiguration { MaxRunning = 1, MaxQueuedPerTenant = 1 } });

    private readonly RecordingStage _next;

    public SchedulerTurnTests() => _next = new RecordingStage(_bench.Replies);

    [Fact]
    public async Task A_call_holds_its_place_until_it_first_awaits()
    {
        var handler = new TaskCompletionSource<ToolCallOutcome>();
        var holds = (Place: 0, Thread: false);
        _next.Answer = call =>
        {
            holds = (_bench.Scheduler.Running, call.HoldsThread);
            return new(handler.Task);
        };
        var call = _bench.ToolCall();
        var running = RunAsync(call);
        await Eventually.Holds(() => _next.Reached == 1 && _bench.Scheduler.Running == 0, "the place is free");
        Assert.Equal((1, true), holds);
        Assert.False(running.IsCompleted || call.HoldsThread);
        handler.SetResult(default);
        await running.InTime("the call was answered");
    }

    [Fact]
    public async Task A_call_waits_for_its_turn_and_its_time_does_not_run_before()
    {
        Assert.True(_bench.Scheduler.TryEnter("globex", out var place));
        var call = _bench.ToolCall();
        call.Clock = new CallClock(_bench.Time);
        var running = RunAsync(call);
        Assert.Equal((1, 0), (_bench.Scheduler.Waiting, _next.Reached));
        _bench.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(TimeSpan.Zero, call.Clock.Elapsed);
        _bench.Scheduler.Leave(place);
        await running.InTime("the turn came");
        Assert.Equal(1, _next.Reached);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), call.Clock.Elapsed);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_while_it_waits_does_not_run_and_leaves_the_queue()
    {
        Assert.True(_bench.Scheduler.TryEnter("globex", out var place));
        var call = _bench.ToolCall();
        var running = RunAsync(call);
        call.Cancel(CancelReason.Client);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTime("the call ended"));
        Assert.Equal((0, 0), (_bench.Scheduler.Waiting, _next.Reached));
        _bench.Scheduler.Leave(place);
        Assert.Equal(0, _bench.Scheduler.Running);
    }

    [Fact]
    public async Task A_tenant_of_which_too_many_wait_is_over_a_quota()
    {
        Assert.True(_bench.Scheduler.TryEnter("globex", out var place));
        var waiting = RunAsync(_bench.ToolCall());
        var refused = await Assert.ThrowsAsync<QuotaExceededException>(() => RunAsync(_bench.ToolCall()));
        Assert.Equal((Quota.QueuedCalls, QuotaScope.Tenant), (refused.Refusal.Quota, refused.Refusal.Scope));
        _bench.Scheduler.Leave(place);
        await waiting.InTime("the turn came");
    }

    [Fact]
    public async Task A_call_that_fails_gives_its_place_back()
    {
        _next.Answer = _ => throw new InvalidOperationException("No.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(_bench.ToolCall()));
        Assert.Equal(0, _bench.Scheduler.Running);
    }

    [Fact]
    public async Task A_tool_runs_on_its_callers_thread_when_it_was_seen_to_be_brief_and_loses_it_when_it_holds_one()
    {
        for (var call = 0; call < 16; call++)
        {
            await RunAsync(_bench.ToolCall());
        }

        _next.Answer = call => new(_next.Text(call, $"{Environment.CurrentManagedThreadId}"));
        var (brief, thread) = (RunAsync(_bench.ToolCall()), Environment.CurrentManagedThreadId);
        Assert.True(brief.IsCompletedSuccessfully);
        Assert.Equal($"{thread}", (await brief).Text());
        _next.Answer = call =>
        {
            _bench.Time.Advance(TimeSpan.FromMilliseconds(51));
            return new(_next.Text(call, "long"));
        };
        await RunAsync(_bench.ToolCall());
        Assert.Equal(HandlerThread.Own, _bench.ToolCall().Tool!.Entry!.Conduct.Thread);
    }

    private Task<ToolCallOutcome> RunAsync(RunningCall call) => _next.RunAsync(new SchedulerTurn(new HandlerTurn(_bench.Scheduler, _bench.Time)), call).AsTask();
}
