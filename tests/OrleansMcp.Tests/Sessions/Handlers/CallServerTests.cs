using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;

namespace OrleansMcp.Tests.Sessions.Handlers;

/// <summary>The SDK's server of one call: what a handler asks it is noted, and what it sends concerns no other call.</summary>
public sealed class CallServerTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public void What_a_handler_asks_of_its_client_is_noted()
    {
        Assert.Equal(CallTraits.Session, Seen(server => server.ClientCapabilities));
        Assert.Equal(CallTraits.Session, Seen(server => server.ClientInfo));
#pragma warning disable MCP9005 // Deprecated with the protocol's logging, which the session revisions still have.
        Assert.Equal(CallTraits.Session, Seen(server => server.LoggingLevel));
#pragma warning restore MCP9005
        Assert.Equal(CallTraits.None, Seen(server => server.NegotiatedProtocolVersion)); // part of every cache key
    }

    [Fact]
    public void A_handler_does_not_learn_the_session_id() => Assert.Null(Of(_bench.ToolCall()).SessionId);

    [Fact]
    public async Task What_a_handler_sends_is_noted_as_an_effect()
    {
        var call = _bench.ToolCall();
        await Of(call).SendMessageAsync(new JsonRpcNotification { Method = "notifications/bench" }, CancellationToken.None);
        Assert.Equal(CallTraits.Effect, call.Traits);
    }

    [Fact]
    public async Task A_handler_sends_no_response_runs_no_server_and_leaves_nothing_behind()
    {
        var server = Of(_bench.ToolCall());
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.SendMessageAsync(new JsonRpcResponse { Id = new(1), Result = null }, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.RunAsync(CancellationToken.None));
        Assert.Throws<NotSupportedException>(() => server.RegisterNotificationHandler("notifications/bench", static (_, _) => default));
    }

    [Fact]
    public void The_call_behind_a_request_is_found()
    {
        var call = _bench.ToolCall();
        var message = new JsonRpcRequest { Method = Methods.ToolsCall, Id = new(1) };
        Assert.Same(call, CallServer.CallOf(new RequestContext<CallToolRequestParams>(Of(call), message, new() { Name = "bench_echo" })));
    }

    private McpServer Of(RunningCall call) => new CallServices(call, _bench.Environment).Server;

    private CallTraits Seen(Func<McpServer, object?> ask)
    {
        var call = _bench.ToolCall();
        ask(Of(call));
        return call.Traits;
    }
}
