using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Tests.Http.Sessionless;

/// <summary>2026-07-28: requests to the client as multi-round-trip results with sealed state.</summary>
public sealed class InputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly object s_red = new { action = "accept", content = new { colour = "red" } };

    [Fact]
    public async Task An_elicitation_makes_the_round_trip()
    {
        using var client = shared.Server.Modern();
        var call = Rpc.CallParams("test.elicit", new { question = "Which?" });
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
        var call = Rpc.CallParams("test.elicit_twice");
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
        var sample = Rpc.CallParams("test.sample");
        var sampled = await client.RetryAsync(
            sample, await AskAsync(client, sample), new { role = "assistant", model = "m", content = new { type = "text", text = "said" } });
        Assert.Equal("said", sampled.ToolText);
        var roots = Rpc.CallParams("test.roots");
        var listed = await client.RetryAsync(roots, await AskAsync(client, roots), new { roots = new[] { new { uri = "file:///a" } } });
        Assert.Equal("file:///a", listed.ToolText);
    }

    [Fact]
    public async Task A_state_works_once()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        var call = Rpc.CallParams("test.elicit");
        var asked = await AskAsync(client, call);
        Assert.Equal("acme/alice accept red", (await client.RetryAsync(call, asked, s_red)).ToolText);
        ExpectRefused(await client.RetryAsync(call, asked, s_red));
        Assert.Equal(1, server.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task A_state_used_many_times_at_once_works_once()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        var call = Rpc.CallParams("test.elicit");
        var asked = await AskAsync(client, call);
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.RetryAsync(call, asked, s_red)));
        Assert.Single(replies, reply => reply.Answer["result"] is { } result && (bool?)result["isError"] != true);
        Assert.Equal(1, server.Gates["elicited"].Passed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    [InlineData(-1)]
    public async Task A_tampered_state_is_refused(int position)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        var call = Rpc.CallParams("test.elicit");
        var asked = await AskAsync(client, call);
        ExpectRefused(await client.RetryAsync(call, asked, s_red, Tamper));
        ExpectRefused(await client.RetryAsync(call, asked, s_red, _ => "made-up"));
        ExpectRefused(await client.RetryAsync(call, asked, s_red, state => state + "A"));
        Assert.Equal(0, server.Gates["elicited"].Passed);
        Assert.Equal("acme/alice accept red", (await client.RetryAsync(call, asked, s_red)).ToolText);

        string Tamper(string state)
        {
            var letters = state.ToCharArray();
            var index = position < 0 ? letters.Length - 2 : position;
            letters[index] = letters[index] == 'A' ? 'B' : 'A';
            return new string(letters);
        }
    }

    [Fact]
    public async Task A_state_belongs_to_the_request_it_was_given_for()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        var asked = await AskAsync(client, Rpc.CallParams("test.elicit", new { question = "one" }));
        ExpectRefused(await client.RetryAsync(Rpc.CallParams("test.elicit", new { question = "two" }), asked, s_red));
        ExpectRefused(await client.RetryAsync(Rpc.CallParams("test.elicit_twice"), asked, s_red));
        Assert.Equal(0, server.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task A_state_expires()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(new SessionConfiguration { InputTimeout = TimeSpan.FromMinutes(10) }),
        });
        using var client = server.Modern();
        var call = Rpc.CallParams("test.elicit");
        var asked = await AskAsync(client, call);
        time.Advance(TimeSpan.FromMinutes(11));
        ExpectRefused(await client.RetryAsync(call, asked, s_red));
    }

    [Fact]
    public async Task A_client_that_cannot_is_told_which_capability_is_missing()
    {
        using var client = new ModernClient(shared.Server.Url, TestConfiguration.Alice) { Capabilities = [] };
        var reply = await client.CallAsync("test.elicit");
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

    [Fact]
    public async Task The_state_says_nothing_about_the_call()
    {
        using var client = shared.Server.Modern();
        var asked = await AskAsync(client, Rpc.CallParams("test.elicit", new { question = "secret question" }));
        var state = (string)asked["requestState"]!;
        Assert.True(state.Length < 200, "The call stays on the server.");
        Assert.DoesNotContain("alice", state, StringComparison.Ordinal);
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
