using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Signals;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class PermissionCheckTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task A_tool_that_the_session_may_call_goes_on_and_is_known_by_its_need()
    {
        var (next, call) = (new RecordingStage(_bench.Replies), _bench.ToolCall());
        Assert.Equal("reached", (await next.RunAsync(Stage, call)).Text());
        Assert.Equal("bench_echo", call.Need!.Value.Name);
    }

    [Theory]
    [InlineData("bench_wait")]
    [InlineData("unknown")]
    public async Task A_tool_that_the_session_may_not_call_is_refused_whether_or_not_there_is_one(string tool)
    {
        _bench.Permit("tool:bench_echo");
        var next = new RecordingStage(_bench.Replies);
        var outcome = await next.RunAsync(Stage, _bench.ToolCall(tool));
        Assert.Equal(("permission_denied", 0), (outcome.Code, next.Reached));
        Assert.Equal($"permission_denied: This session has no permission 'tool:{tool}'.", outcome.Text());
        Assert.Equal(SignalName.PermissionDenied, Assert.Single(_bench.Signals.Raised).Name);
    }

    private PermissionCheck Stage => new(_bench.Authorization, _bench.Replies);
}
