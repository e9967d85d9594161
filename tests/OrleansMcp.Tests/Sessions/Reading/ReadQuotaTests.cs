using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Reading;

/// <summary>Prompts, resources and completions run under the limits of tools, save that they spend no tool calls.</summary>
public sealed class ReadQuotaTests
{
    public static TheoryData<string, object> Reads => new()
    {
        { "prompts/get", new { name = "bench_paint", arguments = new { colour = "red" } } },
        { "resources/read", new { uri = "bench://one" } },
        { "completion/complete", new { @ref = new { type = "ref/prompt", name = "bench_paint" }, argument = new { name = "colour", value = "r" } } },
    };

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Each_takes_a_place_of_the_concurrent_calls_while_it_runs(string method, object parameters)
    {
        var bench = NewBench(QuotaConfiguration.None with { ConcurrentCalls = 1 });
        Assert.Null(await bench.Account.AdmitAsync(SessionBench.Alice, isTool: true, CancellationToken.None));
        AssertRefused(await PostAsync(bench, method, parameters), "concurrentCalls");
        Assert.Equal(1, bench.Raised(SignalName.QuotaExceeded));
        bench.Account.Meter.Release();
        Assert.Equal(200, (await PostAsync(bench, method, parameters)).Status);
        Assert.Equal(0, bench.Account.Meter.Running);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Each_needs_compute_and_its_answer_spends_output(string method, object parameters)
    {
        var bench = NewBench(QuotaConfiguration.None with { OutputBytesPerMinute = 10 });
        Assert.Equal(200, (await PostAsync(bench, method, parameters)).Status);
        await bench.Account.SettleAsync();
        AssertRefused(await PostAsync(bench, method, parameters), "outputBytesPerMinute");
        AssertRefused(await PostAsync(NewBench(QuotaConfiguration.None with { ComputeSecondsPerMinute = 0 }), method, parameters), "computeSecondsPerMinute");
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task None_spends_a_tool_call(string method, object parameters) =>
        Assert.Equal(200, (await PostAsync(NewBench(QuotaConfiguration.None with { CallsPerMinute = 0 }), method, parameters)).Status);

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Each_waits_for_its_turn(string method, object parameters)
    {
        var bench = NewBench(QuotaConfiguration.None);
        bench.Configuration.Current = bench.Configuration.Current with { Scheduler = new() { MaxRunning = 1, MaxQueuedPerTenant = 0 } };
        Assert.True(bench.Scheduler.TryEnter("globex", out var ticket));
        AssertRefused(await PostAsync(bench, method, parameters), "maxQueuedPerTenant");
        bench.Scheduler.Leave(ticket);
        Assert.Equal(200, (await PostAsync(bench, method, parameters)).Status);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_given_up()
    {
        var bench = NewBench(QuotaConfiguration.None with { CallTimeout = TimeSpan.FromSeconds(10) });
        bench.Catalogue.Options.Filters.Request.ReadResourceFilters.Add(next => async (request, cancellationToken) =>
        {
            await bench.Gates["slow"].WaitAsync(cancellationToken);
            return await next(request, cancellationToken);
        });
        var reading = PostAsync(bench, "resources/read", new { uri = "bench://one" });
        await bench.Gates["slow"].Entered;
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        var reply = await reading.InTime("it was given up");
        var answer = reply.Kind == ReplyKind.Stream ? (await bench.Streams.ReadToEndAsync(reply.StreamId)).Single() : reply.Json();
        Assert.Equal("callTimeout", (string?)answer["error"]!["data"]!["quota"]);
        Assert.Equal(0, bench.Account.Meter.Running);
    }

    [Theory]
    [InlineData("tools/list")]
    [InlineData("prompts/list")]
    [InlineData("resources/list")]
    [InlineData("resources/templates/list")]
    public async Task A_list_spends_output_where_that_is_limited(string method)
    {
        var bench = NewBench(QuotaConfiguration.None with { OutputBytesPerMinute = 10, ConcurrentCalls = 0 });
        Assert.Equal(200, (await PostAsync(bench, method, new { })).Status);
        await bench.Account.SettleAsync();
        AssertRefused(await PostAsync(bench, method, new { }), "outputBytesPerMinute");
    }

    private static SessionBench NewBench(QuotaConfiguration quotas) => new(TestConfiguration.With(quotas: quotas));

    private static Task<SessionReply> PostAsync(SessionBench bench, string method, object parameters) => bench.PostAsync(bench.Request(method, parameters));

    private static void AssertRefused(SessionReply reply, string quota)
    {
        Assert.Equal(429, reply.Status);
        Assert.Equal(("quota_exceeded", quota), ((string?)reply.Json()["error"]!["data"]!["code"], (string?)reply.Json()["error"]!["data"]!["quota"]));
    }
}
