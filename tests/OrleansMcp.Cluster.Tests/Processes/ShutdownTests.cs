using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>A process that is told to stop leaves nobody without an answer.</summary>
public sealed class ShutdownTests
{
    /// <summary>Wide enough that a busy test machine gets all its requests in.</summary>
    private const string Drain = "6";

    [Fact]
    public async Task It_is_not_ready_first_and_serves_everybody_meanwhile()
    {
        await using var node = ClusterNode.Alone("--drain", Drain);
        await node.StartAsync();
        using var session = await OpenAsync(node);
        using var departing = await Departing.BeginAsync(node);
        Assert.Equal((HttpStatusCode.OK, "alive\n"), await departing.GetAsync("/healthz"));
        Assert.Equal("there", await session.CallTextAsync("echo", new { text = "there" }));
        using var late = await OpenAsync(node);
        Assert.Equal(1, await late.IncrementAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await departing.GetAsync("/readyz")).Status);
        Assert.True(await departing.ExpectGoodEndAsync() >= TimeSpan.FromSeconds(6), "It did not drain.");
    }

    [Fact]
    public async Task Calls_that_run_get_their_results_however_they_are_answered()
    {
        await using var node = ClusterNode.Alone("--drain", "3");
        await node.StartAsync();
        using var session = await OpenAsync(node);
        using var stream = await session.PostForStreamAsync(Rpc.Call(1, "slow", new { ms = 8000 }, progressToken: "p"));
        var first = await stream.Events.UntilMethodAsync("notifications/progress");
        var silent = session.CallAsync("slow", new { ms = 4000 });
        var promoted = session.CallAsync("slow", new { ms = 8000 });
        await Departing.SentAsync(session);
        using var departing = await Departing.BeginAsync(node);
        Assert.Equal("waited 4000 ms", (await silent.InTime("the short call")).Expect(HttpStatusCode.OK).ToolText);
        Assert.Equal("waited 8000 ms", (await promoted.InTime("the long call")).ToolText);
        Assert.Equal("waited 8000 ms", (string?)(await stream.Events.UntilAnswerAsync()).Json["result"]!["content"]![0]!["text"]);
        Assert.NotNull(first.Id);
        await departing.ExpectGoodEndAsync();
    }

    [Fact]
    public async Task Calls_that_take_too_long_are_told_to_try_again_and_the_process_still_leaves_in_time()
    {
        await using var node = ClusterNode.Alone("--drain", "3");
        await node.StartAsync();
        using var session = await OpenAsync(node);
        using var stream = await session.PostForStreamAsync(Rpc.Call(1, "slow", new { ms = 120_000 }, progressToken: "p"));
        await stream.Events.UntilMethodAsync("notifications/progress");
        var plain = session.PostAsync(Rpc.Call(2, "slow", new { ms = 120_000 }), RawClient.TakesJsonOnly);
        await Departing.SentAsync(session);
        using var departing = await Departing.BeginAsync(node);
        ExpectRetryable((await stream.Events.UntilAnswerAsync()).Json);
        var refused = await plain.InTime("an answer");
        Assert.True(refused.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.OK, $"{(int)refused.Status}"); // 200 once white space was sent
        ExpectRetryable(refused.Json);
        await departing.ExpectGoodEndAsync();
    }

    [Fact]
    public async Task Clients_that_only_listen_keep_nothing_waiting()
    {
        await using var node = ClusterNode.Alone("--drain", "3");
        await node.StartAsync();
        using var session = await OpenAsync(node);
        using var listening = await session.ListenAsync();
        using var modern = new ModernClient(node.Url, TestConfiguration.Bob);
        using var subscribed = await modern.OpenAsync("subscriptions/listen", new JsonObject { ["notifications"] = new JsonObject { ["toolsListChanged"] = true } });
        await subscribed.Events.NextMessageAsync();
        using var departing = await Departing.BeginAsync(node);
        var took = await departing.ExpectGoodEndAsync();
        Assert.True(took < TimeSpan.FromSeconds(14), $"It waited {took} for clients to whom nothing was owed.");
    }

    [Fact]
    public async Task New_sessions_are_opened_or_told_to_try_again_until_nobody_listens_any_more()
    {
        await using var node = ClusterNode.Alone("--drain", "3");
        await node.StartAsync();
        using var session = await OpenAsync(node);
        var running = session.CallAsync("slow", new { ms = 6000 });
        await Departing.SentAsync(session);
        using var departing = await Departing.BeginAsync(node);
        var opened = 0;
        while (await TryOpenAsync(node.Url) is { } reply)
        {
            Assert.True(
                reply.Status == HttpStatusCode.OK || (reply.Status == HttpStatusCode.ServiceUnavailable && reply.Headers.ContainsKey("Retry-After")),
                $"{(int)reply.Status}: {reply.Text}");
            opened += reply.Status == HttpStatusCode.OK ? 1 : 0;
            await Task.Delay(20);
        }

        Assert.True(opened > 0, "No session was opened while it drained.");
        Assert.Equal("waited 6000 ms", (await running.InTime("the call")).ToolText);
        await departing.ExpectGoodEndAsync();
    }

    private static Task<RawClient> OpenAsync(ClusterNode node) => new RawClient(node.Url, TestConfiguration.Alice).OpenAsync();

    private static void ExpectRetryable(JsonNode answer) =>
        Assert.True((bool?)answer["error"]?["data"]?["retryable"] == true, answer.ToJsonString());

    /// <summary>Null when nobody listens any more, or the connection was closed before the request was taken.</summary>
    private static async Task<RawReply?> TryOpenAsync(Uri url)
    {
        using var client = new RawClient(url, TestConfiguration.Alice);
        try
        {
            return await client.PostAsync(Rpc.Initialize("init", "2025-11-25"));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
