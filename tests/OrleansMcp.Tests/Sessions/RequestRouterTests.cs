using ModelContextProtocol;
using OrleansMcp.Protocol;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

public sealed class RequestRouterTests
{
    private readonly SessionBench _session = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Theory]
    [InlineData("tools/list", "tools")]
    [InlineData("prompts/list", "prompts")]
    [InlineData("resources/list", "resources")]
    [InlineData("resources/templates/list", "resourceTemplates")]
    public async Task Lists_are_of_every_revision(string method, string list)
    {
        foreach (var bench in new[] { _session, _principal })
        {
            Assert.NotNull((await bench.Router.DispatchAsync(bench.Call(method))).Json()["result"]![list]);
        }
    }

    [Theory]
    [InlineData("tools/call", "name", "bench_echo", "content")]
    [InlineData("prompts/get", "name", "bench_paint", "messages")]
    [InlineData("resources/read", "uri", "bench://one", "contents")]
    public async Task What_runs_a_handler_is_of_every_revision(string method, string parameter, string name, string part)
    {
        foreach (var bench in new[] { _session, _principal })
        {
            var parameters = new Dictionary<string, object> { [parameter] = name, ["arguments"] = new { text = "a", colour = "red" } };
            var answer = await bench.Router.DispatchAsync(bench.Call(method, parameters)).AsTask().InTime("it was answered");
            Assert.NotNull(answer.Json()["result"]![part]);
        }
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("logging/setLevel")]
    [InlineData("resources/subscribe")]
    [InlineData("resources/unsubscribe")]
    public async Task What_2026_07_28_removed_is_of_sessions_only(string method)
    {
        var parameters = new { uri = "bench://one", level = "info" };
        Assert.NotNull((await _session.Router.DispatchAsync(_session.Call(method, parameters))).Json()["result"]);
        Assert.Equal(RpcError.MethodNotFound, await CodeAsync(_principal, method));
    }

    [Theory]
    [InlineData("server/discover")]
    [InlineData("subscriptions/listen")]
    [InlineData("tools/invented")]
    public async Task What_is_not_of_a_sessions_revision_is_not_there(string method) => Assert.Equal(RpcError.MethodNotFound, await CodeAsync(_session, method));

    [Fact]
    public async Task A_session_is_initialized_once()
    {
        Assert.Equal(RpcError.InvalidRequest, await CodeAsync(_session, "initialize"));
        Assert.Equal(RpcError.MethodNotFound, await CodeAsync(_principal, "initialize"));
        Assert.NotNull((await _principal.Router.DispatchAsync(_principal.Call("server/discover"))).Json()["result"]!["supportedVersions"]);
    }

    private static async Task<int> CodeAsync(SessionBench bench, string method) => (int)(await Assert.ThrowsAnyAsync<McpProtocolException>(
        async () => await bench.Router.DispatchAsync(bench.Call(method)))).ErrorCode;
}
