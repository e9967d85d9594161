using System.Net;
using ModelContextProtocol.Server;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>The stream of a session (GET) and what it carries.</summary>
public abstract class ListenContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_GET_reopened_after_a_drop_works()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await SubscribeAsync(client, "test://reopened");
        using (await client.ListenAsync())
        {
        }

        using var reopened = await client.ListenAsync();
        await client.CallTextAsync("test_touch", new { uri = "test://reopened" });
        await reopened.Events.UntilMethodAsync("notifications/resources/updated");
    }

    [Fact]
    public async Task The_newest_GET_wins_and_the_former_ends()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await SubscribeAsync(client, "test://newest");
        using var former = await client.ListenAsync();
        using var newest = await client.ListenAsync();
        Assert.DoesNotContain(await former.Events.ToEndAsync(), item => item.Data.Length > 0);
        await client.CallTextAsync("test_touch", new { uri = "test://newest" });
        await newest.Events.UntilMethodAsync("notifications/resources/updated");
    }

    [Fact]
    public async Task A_message_is_sent_on_one_stream_only()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await SubscribeAsync(client, "test://once");
        using var listening = await client.ListenAsync();
        shared.Server.Gates["once"].Open();
        await client.PostAsync(Rpc.Call(1, "test_progress", new { gate = "once", steps = 3 }, progressToken: 1));
        await client.CallTextAsync("test_touch", new { uri = "test://once" });
        Assert.Equal("notifications/resources/updated", (await listening.Events.NextMessageAsync()).Method);
    }

    [Fact]
    public async Task A_hundred_reconnects_leave_one_stream()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await SubscribeAsync(client, "test://many");
        for (var i = 0; i < 100; i++)
        {
            using (await client.ListenAsync())
            {
            }
        }

        using var last = await client.ListenAsync();
        await client.CallTextAsync("test_touch", new { uri = "test://many" });
        await last.Events.UntilMethodAsync("notifications/resources/updated");
    }

    [Fact]
    public async Task Increment_tells_subscribers_that_the_counter_changed()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var uri = await CounterUriAsync(client);
        await SubscribeAsync(client, uri);
        using var listening = await client.ListenAsync();
        await client.IncrementAsync();
        var updated = await listening.Events.UntilMethodAsync("notifications/resources/updated");
        Assert.Equal(uri, (string)updated.Json["params"]!["uri"]!);
    }

    [Fact]
    public async Task After_unsubscribing_nothing_is_told()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await SubscribeAsync(client, "test://first");
        await SubscribeAsync(client, "test://second");
        (await client.PostAsync(Rpc.Request(1, "resources/unsubscribe", new { uri = "test://first" }))).Expect(HttpStatusCode.OK);
        using var listening = await client.ListenAsync();
        await client.CallTextAsync("test_touch", new { uri = "test://first" });
        await client.CallTextAsync("test_touch", new { uri = "test://second" });
        var told = await listening.Events.UntilMethodAsync("notifications/resources/updated");
        Assert.Equal("test://second", (string)told.Json["params"]!["uri"]!);
    }

    [Fact]
    public async Task A_subscription_survives_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await SubscribeAsync(client, "test://kept");
        await server.RestartAsync();
        using var listening = await client.ListenAsync();
        await client.CallTextAsync("test_touch", new { uri = "test://kept" });
        await listening.Events.UntilMethodAsync("notifications/resources/updated");
    }

    [Fact]
    public async Task A_new_tool_is_told_to_those_who_listen()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        using var listening = await client.ListenAsync();
        using var added = new AddedTool(server.Catalogue, "test_new");
        await listening.Events.UntilMethodAsync("notifications/tools/list_changed");
        Assert.Equal("new", await client.CallTextAsync("test_new"));
        added.Dispose();
        await listening.Events.UntilMethodAsync("notifications/tools/list_changed");
        Assert.Equal(-32602, (await client.CallAsync("test_new")).ErrorCode);
    }

    [Fact]
    public async Task The_stream_says_how_long_to_wait_before_it_is_opened_again_and_that_of_a_call_does_not()
    {
        using var client = await shared.Server.Client().OpenAsync();
        using var listening = await client.ListenAsync();
        await client.CallTextAsync("test_touch", new { uri = "test://retry" });
        await SubscribeAsync(client, "test://retry");
        await client.CallTextAsync("test_touch", new { uri = "test://retry" });
        await listening.Events.UntilMethodAsync("notifications/resources/updated");
        Assert.Equal(5000, listening.Events.Retry);
        shared.Server.Gates["no retry"].Open();
        using var call = await client.PostForStreamAsync(Rpc.Call(1, "test_progress", new { gate = "no retry", steps = 1 }, progressToken: 1));
        await call.Events.ToEndAsync();
        Assert.Null(call.Events.Retry);
    }

    [Fact]
    public async Task A_quiet_stream_is_kept_alive_by_comments()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(endpoint: new EndpointConfiguration { KeepAlive = TimeSpan.FromMilliseconds(50) }),
        });
        using var client = await server.Client().OpenAsync();
        await SubscribeAsync(client, "test://quiet");
        using var listening = await client.ListenAsync();
        var reading = listening.Events.UntilMethodAsync("notifications/resources/updated");
        await Eventually.Holds(() => listening.Events.Comments >= 2, "two comments arrived");
        await client.CallTextAsync("test_touch", new { uri = "test://quiet" });
        await reading;
    }

    private static async Task SubscribeAsync(RawClient client, string uri) =>
        Assert.NotNull((await client.PostAsync(Rpc.Request("s", "resources/subscribe", new { uri }))).Expect(HttpStatusCode.OK).Result);

    private static async Task<string> CounterUriAsync(RawClient client)
    {
        var resources = (await client.PostAsync(Rpc.Request(1, "resources/list"))).Result["resources"]!.AsArray();
        return resources.Select(resource => (string)resource!["uri"]!).Single(uri => uri.Contains("counter", StringComparison.Ordinal));
    }
}
