using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http.Sessionless;

/// <summary>2026-07-28: a requestState is sealed, works once, for its owner, for its request, while it lasts.</summary>
public abstract class InputStateContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly object s_red = new { action = "accept", content = new { colour = "red" } };

    private readonly TestServer _server = shared.Server.WithNewGates();

    [Fact]
    public async Task A_state_works_once()
    {
        using var client = _server.Modern();
        var call = Rpc.CallParams("test_elicit");
        var asked = await InputContract.AskAsync(client, call);
        Assert.Equal("acme/alice accept red", (await client.RetryAsync(call, asked, s_red)).ToolText);
        InputContract.ExpectRefused(await client.RetryAsync(call, asked, s_red));
        Assert.Equal(1, _server.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task A_state_used_many_times_at_once_works_once()
    {
        using var client = _server.Modern();
        var call = Rpc.CallParams("test_elicit");
        var asked = await InputContract.AskAsync(client, call);
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.RetryAsync(call, asked, s_red)));
        Assert.Single(replies, reply => reply.Answer["result"] is { } result && (bool?)result["isError"] != true);
        Assert.Equal(1, _server.Gates["elicited"].Passed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    [InlineData(-1)]
    public async Task A_tampered_state_is_refused(int position)
    {
        using var client = _server.Modern();
        var call = Rpc.CallParams("test_elicit");
        var asked = await InputContract.AskAsync(client, call);
        InputContract.ExpectRefused(await client.RetryAsync(call, asked, s_red, Tamper));
        InputContract.ExpectRefused(await client.RetryAsync(call, asked, s_red, _ => "made-up"));
        InputContract.ExpectRefused(await client.RetryAsync(call, asked, s_red, state => state + "A"));
        Assert.Equal(0, _server.Gates["elicited"].Passed);
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
        using var client = _server.Modern();
        var asked = await InputContract.AskAsync(client, Rpc.CallParams("test_elicit", new { question = "one" }));
        InputContract.ExpectRefused(await client.RetryAsync(Rpc.CallParams("test_elicit", new { question = "two" }), asked, s_red));
        InputContract.ExpectRefused(await client.RetryAsync(Rpc.CallParams("test_elicit_twice"), asked, s_red));
        Assert.Equal(0, _server.Gates["elicited"].Passed);
    }

    [Fact]
    public async Task A_state_expires()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(new SessionConfiguration { InputTimeout = TimeSpan.FromMinutes(10) }),
        });
        using var client = server.Modern();
        var call = Rpc.CallParams("test_elicit");
        var asked = await InputContract.AskAsync(client, call);
        time.Advance(TimeSpan.FromMinutes(11));
        InputContract.ExpectRefused(await client.RetryAsync(call, asked, s_red));
    }

    [Fact]
    public async Task A_state_in_use_cannot_be_used_again()
    {
        using var client = _server.Modern();
        var call = Rpc.CallParams("test_elicit_gate", new { gate = "in use" });
        var asked = await InputContract.AskAsync(client, call);
        var first = client.RetryAsync(call, asked, s_red);
        await _server.Gates["in use"].Entered;
        InputContract.ExpectRefused(await client.RetryAsync(call, asked, s_red));
        _server.Gates["in use"].Open();
        Assert.Equal("through with red", (await first).ToolText);
    }

    [Fact]
    public async Task The_state_of_one_round_is_worth_nothing_in_the_next()
    {
        using var client = _server.Modern();
        var call = Rpc.CallParams("test_elicit_twice");
        var first = await InputContract.AskAsync(client, call);
        var second = (await client.RetryAsync(call, first, s_red)).Expect(HttpStatusCode.OK).Result;
        InputContract.ExpectRefused(await client.RetryAsync(call, first, s_red));
        Assert.Equal("red and red", (await client.RetryAsync(call, second, s_red)).ToolText);
    }

    [Fact]
    public async Task The_state_of_a_tool_that_ended_with_a_question_works_once_and_only_for_its_request()
    {
        using var client = _server.Modern();
        var call = Rpc.CallParams("test_require");
        var asked = await InputContract.AskAsync(client, call);
        Assert.DoesNotContain("inner-state", asked.ToJsonString(), StringComparison.Ordinal);
        InputContract.ExpectRefused(await client.RetryAsync(Rpc.CallParams("test_require", new { other = 1 }), asked, s_red));
        Assert.Equal("inner-state red", (await client.RetryAsync(call, asked, s_red)).ToolText);
        InputContract.ExpectRefused(await client.RetryAsync(call, asked, s_red));
        Assert.Equal(1, _server.Gates["required"].Passed);
    }

    [Fact]
    public async Task The_state_says_nothing_about_the_call()
    {
        using var client = _server.Modern();
        var asked = await InputContract.AskAsync(client, Rpc.CallParams("test_elicit", new { question = "secret question" }));
        var state = (string)asked["requestState"]!;
        Assert.True(state.Length < 200, "The call stays on the server.");
        Assert.DoesNotContain("alice", state, StringComparison.Ordinal);
    }
}
