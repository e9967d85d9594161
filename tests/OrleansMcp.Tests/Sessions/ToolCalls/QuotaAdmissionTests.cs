using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class QuotaAdmissionTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource<ToolCallOutcome> _handler = new();
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_call_keeps_its_place_while_it_runs_and_gives_it_back_once()
    {
        var (bench, next) = NewBench(QuotaConfiguration.None with { ConcurrentCalls = 1 });
        next.Answer = call =>
        {
            Assert.Equal(1, bench.Account.Meter.Running);
            return new(next.Text(call, "done"));
        };
        for (var call = 0; call < 3; call++)
        {
            Assert.True((await RunAsync(bench, next)).Succeeded);
            Assert.Equal(0, bench.Account.Meter.Running);
        }
    }

    [Fact]
    public async Task A_call_too_many_goes_no_further_and_holds_no_place()
    {
        var (bench, next) = NewBench(QuotaConfiguration.None with { CallsPerMinute = 1 });
        await RunAsync(bench, next);
        var refused = await RunAsync(bench, next);
        Assert.Equal(("quota_exceeded", 1, 0), (refused.Code, next.Reached, bench.Account.Meter.Running));
        Assert.Equal("callsPerMinute", refused.Result!.StructuredContent!.Value.GetProperty("quota").GetString());
        Assert.Equal(1, bench.Raised(SignalName.QuotaExceeded));
    }

    [Fact]
    public async Task Nothing_goes_on_that_cannot_be_counted()
    {
        var (bench, next) = NewBench(QuotaConfiguration.None with { CallsPerMinute = 5 });
        bench.Tenants.Ledgers.Fails = true;
        Assert.Equal("quota_unavailable", (await RunAsync(bench, next)).Code);
        Assert.Equal((0, 0), (next.Reached, bench.Account.Meter.Running));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_fails_gives_its_place_back(bool later)
    {
        var (bench, next) = NewBench(QuotaConfiguration.None);
        next.Answer = _ => later ? new(_handler.Task) : throw new InvalidOperationException("No.");
        var running = RunAsync(bench, next);
        _handler.TrySetException(new InvalidOperationException("No."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => running.InTime("the call failed"));
        Assert.Equal(0, bench.Account.Meter.Running);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_quota_that_a_later_stage_finds_exceeded_is_the_calls_answer(bool later)
    {
        var (bench, next) = NewBench(QuotaConfiguration.None);
        var over = new QuotaExceededException(new QuotaRefusal(Quota.QueuedCalls, QuotaScope.Tenant, RetryAfterSeconds: 1));
        next.Answer = _ => later ? new(_handler.Task) : throw over;
        var running = RunAsync(bench, next);
        _handler.TrySetException(over);
        Assert.Equal("quota_exceeded", (await running.InTime("the call was answered")).Code);
        Assert.Equal((1, 0), (bench.Raised(SignalName.QuotaExceeded), bench.Account.Meter.Running));
    }

    [Fact]
    public async Task A_call_whose_time_is_over_is_told_whose_quota_it_was()
    {
        var (bench, next) = await WarmAsync(QuotaConfiguration.None with { CallTimeout = s_timeout });
        next.Answer = async call =>
        {
            call.Clock!.Start();
            await Task.Delay(Timeout.InfiniteTimeSpan, bench.Time, call.Token);
            return default;
        };
        var running = RunAsync(bench, next);
        bench.Time.Advance(s_timeout);
        var refused = (await running.InTime("the call was answered")).Result!.StructuredContent!.Value;
        Assert.Equal(("callTimeout", "client"), (refused.GetProperty("quota").GetString(), refused.GetProperty("scope").GetString()));
        Assert.Equal((1, 0), (bench.Raised(SignalName.QuotaExceeded), bench.Account.Meter.Running));
    }

    [Fact]
    public async Task A_call_that_ignores_its_end_is_given_up_and_keeps_its_place_until_it_returns()
    {
        var (bench, next) = await WarmAsync(QuotaConfiguration.None with { CallTimeout = s_timeout });
        using var abandoned = new Level(bench.Metrics.Abandoned);
        next.Answer = Ignore;
        var call = bench.ToolCall();
        var running = RunAsync(bench, next, call);
        bench.Time.Advance(s_timeout);
        await _told.Task.InTime("the call was told to end");
        bench.Time.Advance(CallWatch.Grace - TimeSpan.FromMilliseconds(1));
        Assert.Equal((CancelReason.TimedOut, false), (call.Cancelled, running.IsCompleted));
        bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("quota_exceeded", (await running.InTime("the call was given up")).Code);
        Assert.Equal((1, 1), (bench.Account.Meter.Running, abandoned.Value));

        _handler.SetResult(next.Text(call, "late"));
        await Eventually.Holds(() => bench.Account.Meter.Running == 0, "the place was given back");
        Assert.Equal(0, abandoned.Value);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_and_is_given_up_is_a_cancelled_call()
    {
        var (bench, next) = await WarmAsync(QuotaConfiguration.None);
        next.Answer = Ignore;
        var call = bench.ToolCall();
        var running = RunAsync(bench, next, call);
        call.Cancel(CancelReason.SessionEnded);
        await _told.Task.InTime("the call was told to end");
        bench.Time.Advance(CallWatch.Grace);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTime("the call was given up"));
        Assert.Equal(1, bench.Account.Meter.Running);
        _handler.SetException(new InvalidOperationException("late"));
        await Eventually.Holds(() => bench.Account.Meter.Running == 0, "the place was given back");
        Assert.Empty(bench.Signals.Raised);
    }

    [Fact]
    public async Task A_call_that_is_given_up_goes_on_being_charged()
    {
        var (bench, next) = await WarmAsync(QuotaConfiguration.None with { CallTimeout = s_timeout, ComputeSecondsPerMinute = 30 });
        next.Answer = Ignore;
        var running = RunAsync(bench, next);
        bench.Time.Advance(s_timeout);
        await _told.Task.InTime("the call was told to end");
        bench.Time.Advance(CallWatch.Grace);
        await running.InTime("the call was given up");
        Assert.True((await RunAsync(bench, new RecordingStage(bench.Replies))).Succeeded);
        bench.Time.Advance(TimeSpan.FromSeconds(28));
        await Eventually.Holds(
            async () => (await RunAsync(bench, new RecordingStage(bench.Replies))).Code == "quota_exceeded",
            "the budget was used up by a call that nobody waits for");
        _handler.SetResult(default);
    }

    [Theory]
    [InlineData(1000, 0, "outputBytesPerMinute")]
    [InlineData(0, 5, "computeSecondsPerMinute")]
    public async Task What_a_call_takes_and_says_is_charged(int bytes, int seconds, string quota)
    {
        var (bench, next) = NewBench(QuotaConfiguration.None with
        {
            OutputBytesPerMinute = bytes > 0 ? bytes : QuotaConfiguration.Unlimited,
            ComputeSecondsPerMinute = seconds > 0 ? seconds : QuotaConfiguration.Unlimited,
        });
        next.Answer = call =>
        {
            call.Clock!.Start();
            bench.Time.Advance(TimeSpan.FromSeconds(seconds));
            return new(next.Text(call, new string('x', bytes)));
        };
        Assert.True((await RunAsync(bench, next)).Succeeded);
        var refused = (await RunAsync(bench, next)).Result!.StructuredContent!.Value;
        Assert.Equal((quota, 1), (refused.GetProperty("quota").GetString(), next.Reached));
    }

    /// <summary>Heeds no end. That it was told is known when the watch of its call has been told, too: callbacks run in the reverse order.</summary>
    private ValueTask<ToolCallOutcome> Ignore(RunningCall call)
    {
        call.Clock!.Start();
        call.Token.UnsafeRegister(_ => _told.TrySetResult(), null);
        return new(_handler.Task);
    }

    private static (SessionBench Bench, RecordingStage Next) NewBench(QuotaConfiguration quotas)
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: quotas));
        return (bench, new RecordingStage(bench.Replies));
    }

    /// <summary>A session that has a lease already: its next call begins before <see cref="RunAsync"/> returns.</summary>
    private static async Task<(SessionBench Bench, RecordingStage Next)> WarmAsync(QuotaConfiguration quotas)
    {
        var (bench, next) = NewBench(quotas);
        Assert.True((await RunAsync(bench, next)).Succeeded);
        return (bench, next);
    }

    private static Task<ToolCallOutcome> RunAsync(SessionBench bench, RecordingStage next, RunningCall? call = null) => next.RunAsync(
        new QuotaAdmission(bench.Admission, bench.Replies), call ?? bench.ToolCall()).AsTask();

    /// <summary>Where an instrument stands.</summary>
    private sealed class Level : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Level(UpDownCounter<long> counter)
        {
            _listener.SetMeasurementEventCallback<long>((_, more, _, _) => Interlocked.Add(ref _value, more));
            _listener.Start();
            _listener.EnableMeasurementEvents(counter);
        }

        public long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
