using System.Globalization;
using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>The demo's tight client: 5 sessions, 60 calls a minute.</summary>
public abstract class QuotaContract
{
    [Fact]
    public async Task The_sixth_session_takes_the_place_of_the_first_which_holds_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var open = await OpenFiveAsync(server, holding: false);
        using var sixth = await server.Client(TestConfiguration.Carol).OpenAsync();
        Assert.False(await open[0].IsAliveAsync());
        Assert.All(await Task.WhenAll(open.Skip(1).Append(sixth).Select(client => client.IsAliveAsync())), Assert.True);
        open.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task When_all_five_hold_state_the_sixth_is_429_and_says_when_to_come_back()
    {
        await using var server = await TestServer.StartAsync();
        var open = await OpenFiveAsync(server, holding: true);

        using var sixth = server.Client(TestConfiguration.Carol);
        var reply = (await sixth.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.TooManyRequests);
        Assert.InRange(int.Parse(reply.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 300);
        Assert.NotNull(reply.Error["code"]);
        Assert.Null(reply.SessionId);
        Assert.All(await Task.WhenAll(open.Select(client => client.IsAliveAsync())), Assert.True);

        using var alice = await server.Client().OpenAsync();
        Assert.True(await alice.IsAliveAsync());

        (await open[0].DeleteAsync()).Expect(HttpStatusCode.OK);
        using var again = await server.Client(TestConfiguration.Carol).OpenAsync();
        Assert.True(await again.IsAliveAsync());
        open.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_refused_opening_leaves_no_file()
    {
        await using var server = await TestServer.StartAsync();
        (await OpenFiveAsync(server, holding: true)).ForEach(client => client.Dispose());
        var before = server.StateFiles();
        using var more = server.Client(TestConfiguration.Carol);
        for (var i = 0; i < 20; i++)
        {
            (await more.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.TooManyRequests);
        }

        Assert.Equal(before, server.StateFiles());
    }

    [Fact]
    public async Task The_session_cap_holds_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        (await OpenFiveAsync(server, holding: true)).ForEach(client => client.Dispose());
        await server.RestartAsync();
        using var sixth = server.Client(TestConfiguration.Carol);
        (await sixth.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Forty_parallel_openings_do_not_pass_the_cap()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(TestConfiguration.Carol);
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.PostAsync(Rpc.Initialize(1, "2025-11-25"))));
        Assert.All(replies, reply => Assert.Contains(reply.Status, new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests }));
        var alive = 0;
        foreach (var reply in replies.Where(reply => reply.Status == HttpStatusCode.OK))
        {
            using var one = server.Client(TestConfiguration.Carol);
            one.SessionId = reply.SessionId;
            alive += await one.IsAliveAsync() ? 1 : 0;
        }

        Assert.Equal(5, alive);
    }

    /// <summary>As many sessions as the tight client may have open.</summary>
    private static async Task<List<RawClient>> OpenFiveAsync(TestServer server, bool holding)
    {
        List<RawClient> open = [];
        for (var i = 0; i < 5; i++)
        {
            open.Add(await server.Client(TestConfiguration.Carol).OpenAsync());
            if (holding)
            {
                await open[i].CallTextAsync("increment", new { });
            }
        }

        return open;
    }

    [Fact]
    public async Task The_call_budget_of_a_client_is_not_refilled_by_new_sessions()
    {
        await using var server = await TestServer.StartAsync();
        var (done, refused) = (0, 0);
        RawReply? refusal = null;
        for (var round = 0; round < 10; round++)
        {
            using var client = await server.Client(TestConfiguration.Carol).OpenAsync();
            for (var i = 0; i < 15; i++)
            {
                var reply = (await client.CallAsync("echo", new { text = "x" })).Expect(HttpStatusCode.OK);
                if (reply.ToolFailed)
                {
                    refused++;
                    refusal = reply;
                }
                else
                {
                    done++;
                }
            }

            await client.DeleteAsync();
        }

        // Between 60 and 120: the minute may turn once while the test runs. Leases lost with a session count as spent.
        Assert.InRange(done, 5, 120);
        Assert.True(refused > 0);
        Assert.Equal("quota_exceeded", Code(refusal!));
        Assert.InRange(RetryAfter(refusal!), 1, 60);
        Assert.True(server.Signals["quota_exceeded"] > 0);
    }

    [Fact]
    public async Task One_session_may_spend_the_whole_budget_and_no_more()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions { Time = new StandingClock() });
        using var client = await server.Client(TestConfiguration.Carol).OpenAsync();
        var replies = new List<RawReply>();
        for (var i = 0; i < 70; i++)
        {
            replies.Add(await client.CallAsync("echo", new { text = "x" }));
        }

        // Never more. What a ledger grants counts as spent, even if its answer comes too late to be used.
        Assert.InRange(replies.Count(reply => !reply.ToolFailed), 60 - server.MostLostToOverdueAnswers, 60);
        Assert.All(replies.Skip(60), reply => Assert.Equal("quota_exceeded", Code(reply)));

        using var alice = await server.Client().OpenAsync();
        Assert.Equal("x", await alice.CallTextAsync("echo", new { text = "x" }));
    }

    private static string Code(RawReply reply) => (string)Refusal(reply)["code"]!;

    private static int RetryAfter(RawReply reply) => (int)Refusal(reply)["retryAfterSeconds"]!;

    private static System.Text.Json.Nodes.JsonNode Refusal(RawReply reply) =>
        reply.Result["structuredContent"] ?? System.Text.Json.Nodes.JsonNode.Parse(reply.ToolText)!;

    /// <summary>Real timers, and a time of day that does not move: no minute turns while a test counts.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
