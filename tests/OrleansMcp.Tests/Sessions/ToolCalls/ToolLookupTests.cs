using ModelContextProtocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class ToolLookupTests
{
    private readonly SessionBench _session = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_tool_is_found_by_its_name()
    {
        var (call, next) = (Call(_session, "bench_echo"), new RecordingStage(_session.Replies));
        await next.RunAsync(Stage(_session), call);
        Assert.Equal((1, "bench_echo", true), (next.Reached, call.Tool!.Entry!.Name, call.Tool.IsKnown));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("BENCH_ECHO")]
    [InlineData("session_open")]
    public void A_name_that_no_tool_has_is_an_error_and_no_tag(string tool)
    {
        var (call, next) = (Call(_session, tool), new RecordingStage(_session.Replies));
        Assert.Throws<McpProtocolException>(() => { _ = next.RunAsync(Stage(_session), call); });
        Assert.Equal((0, false), (next.Reached, call.Tool!.IsKnown));
    }

    [Fact]
    public async Task The_tools_that_work_on_handles_are_of_2026_07_28_and_of_no_catalogue()
    {
        var (call, next) = (Call(_principal, "session_open"), new RecordingStage(_principal.Replies));
        await next.RunAsync(Stage(_principal), call);
        Assert.Equal((1, true), (next.Reached, call.Tool!.IsKnown));
        Assert.Null(call.Tool.Entry);
    }

    [Fact]
    public async Task A_handle_that_led_here_names_no_session_of_this_caller()
    {
        var next = new RecordingStage(_principal.Replies);
        var outcome = await next.RunAsync(Stage(_principal), Call(_principal, "bench_fail", new { session = "a handle" }));
        Assert.Equal(("session_not_found", 0), (outcome.Code, next.Reached));
        await next.RunAsync(Stage(_principal), Call(_principal, "bench_echo", new { session = "an argument like any other" }));
        Assert.Equal(1, next.Reached);
        var nextOfSession = new RecordingStage(_session.Replies);
        await nextOfSession.RunAsync(Stage(_session), Call(_session, "bench_fail", new { session = "the handle of this session" }));
        Assert.Equal(1, nextOfSession.Reached);
    }

    private static RunningCall Call(SessionBench bench, string tool, object? arguments = null)
    {
        var call = bench.Call("tools/call", Rpc.CallParams(tool, arguments));
        call.Tool = ToolRequest.Read(call.Message);
        return call;
    }

    private static ToolLookup Stage(SessionBench bench) => new(bench.Catalogue, bench.Forwarding, bench.Record, bench.ToolFailures, bench.Replies);
}
