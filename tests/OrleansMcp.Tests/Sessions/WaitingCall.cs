using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

/// <summary>A call of a principal whose handler has asked its user, and waits for the retry.</summary>
internal sealed class WaitingCall
{
    private readonly SessionBench _bench;

    private WaitingCall(SessionBench bench, RunningCall call, Task<byte[]> handler, string state) =>
        (_bench, Call, Handler, State) = (bench, call, handler, state);

    public RunningCall Call { get; }

    /// <summary>The handler; it returns what its user answered.</summary>
    public Task<byte[]> Handler { get; }

    /// <summary>What the client holds for it.</summary>
    public string State { get; }

    public static JsonRpcRequest Question { get; } = new()
    {
        Method = RequestMethods.ElicitationCreate, Params = new JsonObject { ["message"] = "Which?", ["requestedSchema"] = new JsonObject() },
    };

    /// <summary>Begins a call of <paramref name="tool"/> that asks, and answers its request with the question.</summary>
    public static async Task<WaitingCall> StartAsync(SessionBench bench, string tool = "bench_echo")
    {
        var call = bench.ToolCall(tool, new { text = "a" });
        call.Need = new(PermissionKind.Tool, tool);
        var handler = AskAsync(bench, call);
        var asked = (await bench.Inputs.AwaitOrAskAsync(call, handler).InTime("the handler asked")).Body!.Json()["result"]!;
        Assert.Equal("Which?", (string?)asked["inputRequests"]!["input-1"]!["params"]!["message"]);
        return new WaitingCall(bench, call, handler, (string)asked["requestState"]!);
    }

    /// <summary>The request once more, with the user's answer.</summary>
    public McpMessage Retry(string tool = "bench_echo", string text = "a", string? state = null) =>
        RetryOf(_bench, state ?? State, tool, new JsonObject { ["text"] = text });

    public RunningCall? TakeUp(McpMessage retry, Caller? caller = null, string? state = null) => _bench.Inputs.TakeUp(
        caller ?? SessionBench.Alice, retry, RequestMeta.Read(retry), _bench.Sink(), state ?? State, static _ => null, out _);

    /// <summary>A retry of a call of a tool.</summary>
    public static McpMessage RetryOf(SessionBench bench, string state, string tool, JsonObject arguments, string asked = "input-1")
    {
        var parameters = Rpc.CallParams(tool, arguments);
        parameters["requestState"] = state;
        parameters["inputResponses"] = new JsonObject
        {
            [asked] = new JsonObject { ["action"] = "accept", ["content"] = new JsonObject { ["colour"] = "red" } },
        };
        return bench.Request(Methods.ToolsCall, parameters, id: 2);
    }

    private static async Task<byte[]> AskAsync(SessionBench bench, RunningCall call)
    {
        var response = await bench.Inputs.AskAsync(call, Question, CancellationToken.None);
        return Encoding.UTF8.GetBytes(response.Result!.ToJsonString());
    }
}
