using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class OutputCachingTests
{
    private readonly SessionBench _bench = new(TestConfiguration.With() with { Cache = new CacheConfiguration { MaxEntryBytes = 2000 } });
    private readonly RecordingStage _next;

    public OutputCachingTests() => _next = new RecordingStage(_bench.Replies);

    [Fact]
    public async Task A_result_that_was_kept_answers_the_same_call_and_says_so()
    {
        _next.Answer = call => new(_next.Text(call, $"run {_next.Reached}"));
        Assert.Null((await RunAsync(Kept())).Result!.Meta);
        _bench.Time.Advance(TimeSpan.FromSeconds(59));
        var again = await RunAsync(Kept());
        Assert.Equal(("run 1", true, 59), (again.Text(), (bool)again.Result!.Meta![CacheMeta.Cached]!, (int)(double)again.Result.Meta[CacheMeta.Age]!));
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("run 2", (await RunAsync(Kept())).Text());
    }

    [Fact]
    public async Task Another_call_is_another_result()
    {
        await RunAsync(Kept());
        await RunAsync(_bench.ToolCall("bench_kept", new { what = "other" }));
        await RunAsync(Kept(SessionBench.Alice with { Subject = "another user" }));
        await RunAsync(Kept(SessionBench.Bob));
        _bench.Permit("tool:bench_*");
        await RunAsync(Kept());
        Assert.Equal(5, _next.Reached);
    }

    [Fact]
    public async Task A_tool_whose_results_nobody_wants_kept_runs_each_time()
    {
        await TwiceAsync(() => _bench.ToolCall());
        _bench.Configuration.Current = _bench.Configuration.Current with
        {
            Cache = new CacheConfiguration { Tools = new Dictionary<string, ToolCacheConfiguration> { ["bench_kept"] = new(TimeSpan.Zero) } },
        };
        await TwiceAsync(() => Kept());
    }

    [Theory]
    [InlineData(CallTraits.None, true)]
    [InlineData(CallTraits.Client, true)]
    [InlineData(CallTraits.Session, false)]
    [InlineData(CallTraits.Secret, false)]
    [InlineData(CallTraits.Effect, false)]
    public async Task A_result_that_depends_on_more_than_its_key_names_is_not_kept(object trait, bool isKept)
    {
        _next.Answer = call =>
        {
            call.Note((CallTraits)trait);
            return new(_next.Text(call, "done"));
        };
        await RunAsync(Kept());
        await RunAsync(Kept());
        Assert.Equal(isKept ? 1 : 2, _next.Reached);
    }

    [Fact]
    public async Task A_result_for_the_whole_tenant_does_not_depend_on_its_client()
    {
        _bench.Configuration.Current = _bench.Configuration.Current with
        {
            Cache = new CacheConfiguration
            {
                Tools = new Dictionary<string, ToolCacheConfiguration> { ["bench_kept"] = new(TimeSpan.FromMinutes(1), CacheSharing.Tenant) },
            },
        };
        await RunAsync(Kept());
        await RunAsync(Kept(SessionBench.Bob));
        Assert.Equal(1, _next.Reached);
        _next.Answer = call =>
        {
            call.Note(CallTraits.Client);
            return new(_next.Text(call, "done"));
        };
        await RunAsync(_bench.ToolCall("bench_kept", new { what = "client" }));
        await RunAsync(_bench.ToolCall("bench_kept", new { what = "client" }));
        Assert.Equal(3, _next.Reached);
    }

    [Fact]
    public async Task Neither_an_error_nor_a_question_nor_what_a_revoked_call_returns_is_kept()
    {
        _next.Answer = call => new(_next.Text(call, "no", isError: true));
        await TwiceAsync(() => Kept());
        _next.Answer = _ => new(ToolCallOutcome.InputRequired([]));
        await TwiceAsync(() => Kept());
        _next.Answer = call =>
        {
            call.Revoke();
            return new(_next.Text(call, "done"));
        };
        await TwiceAsync(() => Kept());
    }

    [Fact]
    public async Task A_result_that_is_too_large_is_not_kept()
    {
        _next.Answer = call => new(_next.Text(call, new string('x', 2000)));
        await TwiceAsync(() => Kept());
    }

    [Fact]
    public async Task A_call_that_goes_on_after_a_question_is_neither_answered_from_the_cache_nor_kept()
    {
        _next.Answer = call => new(_next.Text(call, $"run {_next.Reached}"));
        await RunAsync(Kept());
        var retry = WaitingCall.RetryOf(_bench, "a state", "bench_kept", []);
        var call = _bench.Call(retry);
        call.Tool = ToolRequest.Read(retry);
        call.Tool.Entry = _bench.Catalogue.Tools.Find("bench_kept");
        Assert.Equal("run 2", (await RunAsync(call)).Text());
        Assert.Equal("run 1", (await RunAsync(Kept())).Text());
    }

    [Fact]
    public async Task A_call_whose_permission_was_taken_away_gets_no_kept_result()
    {
        await RunAsync(Kept());
        var call = Kept();
        call.Revoke();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(call));
        Assert.Equal(1, _next.Reached);
    }

    [Fact]
    public async Task A_cache_that_is_away_is_no_error_of_a_call()
    {
        _bench.Tenants.IsAway = true;
        await TwiceAsync(() => Kept());
    }

    private OutputCaching Stage => new(_bench.Cache, _bench.Authorization, _bench.Catalogue, _bench.Configuration, _bench.Metrics, _bench.Replies);

    private RunningCall Kept(Caller? caller = null) => _bench.ToolCall("bench_kept", caller: caller);

    private Task<ToolCallOutcome> RunAsync(RunningCall call) => _next.RunAsync(Stage, call).AsTask();

    /// <summary>Makes a call twice; it runs both times.</summary>
    private async Task TwiceAsync(Func<RunningCall> call)
    {
        var before = _next.Reached;
        await RunAsync(call());
        await RunAsync(call());
        Assert.Equal(before + 2, _next.Reached);
    }
}
