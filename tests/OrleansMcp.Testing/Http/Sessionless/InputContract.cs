using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http.Sessionless;

/// <summary>2026-07-28: requests to the client as multi-round-trip results with sealed state.</summary>
public abstract class InputContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly object s_red = new { action = "accept", content = new { colour = "red" } };

    [Fact]
    public async Task An_elicitation_makes_the_round_trip()
    {
        using var client = shared.Server.Modern();
        var call = Rpc.CallParams("test_elicit", new { question = "Which?" });
        var asked = await AskAsync(client, call);
        var request = asked["inputRequests"]!.AsObject().Single().Value!;
        Assert.Equal("elicitation/create", (string)request["method"]!);
        Assert.Equal("Which?", (string)request["params"]!["message"]!);
        var reply = await client.RetryAsync(call, asked, s_red);
        Assert.Equal("complete", (string)reply.Result["resultType"]!);
        Assert.Equal("acme/alice accept red", reply.ToolText);
    }

    [Fact]
    public async Task Two_elicitations_take_two_round_trips()
    {
        using var client = shared.Server.Modern();
        var call = Rpc.CallParams("test_elicit_twice");
        var first = await AskAsync(client, call);
        var second = (await client.RetryAsync(call, first, s_red)).Expect(HttpStatusCode.OK).Result;
        Assert.Equal("input_required", (string)second["resultType"]!);
        Assert.NotEqual((string)first["requestState"]!, (string)second["requestState"]!);
        var reply = await client.RetryAsync(call, second, new { action = "accept", content = new { colour = "blue" } });
        Assert.Equal("red and blue", reply.ToolText);
    }

    [Fact]
    public async Task Sampling_and_roots_make_the_round_trip()
    {
        using var client = shared.Server.Modern();
        var sample = Rpc.CallParams("test_sample");
        var sampled = await client.RetryAsync(
            sample, await AskAsync(client, sample), new { role = "assistant", model = "m", content = new { type = "text", text = "said" } });
        Assert.Equal("said", sampled.ToolText);
        var roots = Rpc.CallParams("test_roots");
        var listed = await client.RetryAsync(roots, await AskAsync(client, roots), new { roots = new[] { new { uri = "file:///a" } } });
        Assert.Equal("file:///a", listed.ToolText);
    }

    [Fact]
    public async Task A_client_that_cannot_is_told_which_capability_is_missing()
    {
        using var client = new ModernClient(shared.Server.Url, TestConfiguration.Alice) { Capabilities = [] };
        var reply = await client.CallAsync("test_elicit");
        if (reply.Answer["error"] is not null)
        {
            reply.Expect(HttpStatusCode.BadRequest);
            Assert.Equal(-32021, reply.ErrorCode);
        }
        else
        {
            Assert.True(reply.ToolFailed, reply.Text);
        }
    }

    internal static async Task<JsonNode> AskAsync(ModernClient client, JsonObject call)
    {
        var result = (await client.SendAsync("tools/call", call)).Expect(HttpStatusCode.OK).Result;
        Assert.Equal("input_required", (string)result["resultType"]!);
        return result;
    }

    internal static void ExpectRefused(RawReply reply)
    {
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32602, reply.ErrorCode);
    }
}
