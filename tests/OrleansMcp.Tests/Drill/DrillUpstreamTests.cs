using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Upstreams;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;
using OrleansMcp.Tests.Upstreams;

namespace OrleansMcp.Tests.Drill;

/// <summary>The other server that the drill starts, behind a real one.</summary>
public sealed class DrillUpstreamTests : IAsyncLifetime
{
    private static readonly Dictionary<DrillClient, string> s_keys = new()
    {
        [new("acme", "alice")] = TestConfiguration.Alice, [new("acme", "bob")] = TestConfiguration.Bob, [new("globex", "carol")] = TestConfiguration.Carol,
    };

    private readonly HurriedTime _time = new(times: 50);
    private DrillUpstream _upstream = null!;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await DrillUpstream.StartAsync(TestContext.Current.CancellationToken);
        _server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = UpstreamWorld.Configure(TestConfiguration.With(), (DrillUpstream.Name, _upstream.Url)),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task A_run_has_texts_progress_and_counts_of_many_sessions_and_leaves_none_of_them_there()
    {
        using var target = new HttpTarget(new DrillServer(new Uri(_server.Url, "/"), s_keys, OperatorKey: null));
        var plan = new DrillPlan([.. s_keys.Keys], Seed: 7) { Duration = TimeSpan.FromMinutes(1), StepsPerUser = 20, AttacksPerMinute = 20 };
        var history = await new DrillRun(plan, target, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);

        var calls = history.Operations.OfType<UpstreamCall>().ToList();
        Assert.All(calls, call => Assert.True(call.IsOk, call.Line));
        Assert.True(calls.Select(call => call.AnsweredBy).Distinct().Count() >= s_keys.Count);
        Assert.All(calls.OfType<UpstreamEcho>(), echo => Assert.Equal((echo.Text, echo.Text), (echo.ReplyText, Assert.Single(echo.Progress))));
        Assert.Contains(calls, call => call is UpstreamEcho);
        Assert.Contains(calls, call => call is UpstreamCount { Count: > 1 });
        Assert.Empty(await _upstream.LeftAsync(_time, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_session_that_is_not_over_is_told_by_the_name_it_answers_with()
    {
        var (client, ended) = (await _server.Client().OpenAsync(), await _server.Client().OpenAsync());
        var answer = await client.CallAsync("drill__count");
        await ended.CallAsync("drill__count");
        await ended.DeleteAsync();

        Assert.Equal([(string)answer.Result["structuredContent"]!["session"]!], await _upstream.LeftAsync(_time, TestContext.Current.CancellationToken));
    }
}
