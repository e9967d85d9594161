using OrleansMcp.Sessions.ToolCalls;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class ArgumentCheckTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task Arguments_that_fit_the_schema_go_on()
    {
        var next = new RecordingStage(_bench.Replies);
        await next.RunAsync(new ArgumentCheck(_bench.Replies), _bench.ToolCall("bench_wait", new { gate = "a" }));
        await next.RunAsync(new ArgumentCheck(_bench.Replies), _bench.ToolCall());
        await next.RunAsync(new ArgumentCheck(_bench.Replies), _bench.ToolCall("session_open"));
        Assert.Equal(3, next.Reached);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_are_told_to_the_model_and_go_no_further()
    {
        var next = new RecordingStage(_bench.Replies);
        foreach (var arguments in new object[] { new { }, new { gate = 7 } })
        {
            var outcome = await next.RunAsync(new ArgumentCheck(_bench.Replies), _bench.ToolCall("bench_wait", arguments));
            Assert.False(outcome.Succeeded);
            Assert.Contains("gate", outcome.Text(), StringComparison.Ordinal);
        }

        Assert.Equal(0, next.Reached);
    }
}
