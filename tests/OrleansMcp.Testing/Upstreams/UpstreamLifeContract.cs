using System.Net;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>A connection to a server begins with its first use, and ends with its session.</summary>
public abstract class UpstreamLifeContract
{
    [Fact]
    public async Task A_server_is_asked_when_a_session_first_uses_it_and_told_when_the_session_ends()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var server = await StartAsync(upstream);
        var client = await server.Client().OpenAsync();
        await client.CallTextAsync("whoami");
        Assert.Equal(0, upstream.Requests.Count);
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
        Assert.Equal("2", await client.CallTextAsync("stock__count"));
        Assert.Equal((1, 1), (upstream.SessionsOpen, upstream.SessionsOpened));

        var receipt = (await client.DeleteAsync()).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(1, (int)receipt["serversClosed"]!);
        Assert.Equal((0, 1), (upstream.SessionsOpen, upstream.Deletes));
        await Eventually.Holds(() => upstream.ConnectionsOpen == 0, "the sockets were closed");
    }

    [Fact]
    public async Task Of_many_sessions_none_is_left_at_the_server()
    {
        var sessions = 200;
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var server = await StartAsync(upstream);
        await Parallel.ForEachAsync(Enumerable.Range(0, sessions), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            using var client = await PatientClient.OpenAsync(server.Url);
            Assert.Equal("x", (await UntilAnsweredAsync(() => client.CallAsync("stock__echo", new { text = "x" }))).ToolText);
            var ended = await UntilAnsweredAsync(() => client.DeleteAsync());
            Assert.True(ended.Status == HttpStatusCode.NotFound || (int)ended.Expect(HttpStatusCode.OK).Json["serversClosed"]! == 1, ended.Text);
        });
        Assert.Equal((0, sessions, sessions), (upstream.SessionsOpen, upstream.SessionsOpened, upstream.Deletes));
        await Eventually.Holds(() => upstream.ConnectionsOpen == 0, "the sockets were closed");
    }

    [Fact]
    public async Task A_session_that_slept_opens_its_servers_anew_and_one_that_stops_leaves_none_open()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var server = await StartAtAsync(time, upstream);
        var client = await server.Client().OpenAsync();
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
        await server.SendToSleepAsync(time);
        Assert.Equal(0, upstream.SessionsOpen);
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
        Assert.Equal((1, 2), (upstream.SessionsOpen, upstream.SessionsOpened));
        await server.StopAsync();
        Assert.Equal(0, upstream.SessionsOpen);
    }

    [Fact]
    public async Task A_server_that_dies_ends_its_calls_with_a_clear_error_and_is_asked_again_when_it_is_back()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var server = await StartAsync(upstream);
        var client = await server.Client().OpenAsync();
        var call = client.CallAsync("stock__slow", new { gate = "g" });
        await upstream.Gates["g"].Entered.InTime("the call arrived");
        await upstream.StopAsync();
        var ended = await call.InTime("the call ended");
        Assert.Equal(("upstream_lost", "stock"), (Detail(ended, "code"), Detail(ended, "server")));
        Assert.Equal("upstream_unavailable", Detail(await client.CallAsync("stock__count"), "code"));
        Assert.Equal("a", await client.CallTextAsync("echo", new { text = "a" })); // The host's own go on.

        await upstream.StartAgainAsync();
        await Eventually.Holds(async () => !(await client.CallAsync("stock__count")).ToolFailed, "the server was used again");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_not_asked_at_every_call()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        upstream.Accepts = static _ => false;
        await using var server = await StartAtAsync(time, upstream);
        var client = await server.Client().OpenAsync();
        Assert.Equal("upstream_unauthorized", Detail(await client.CallAsync("stock__count"), "code"));
        var refused = upstream.Refused;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("1", Detail(await client.CallAsync("stock__count"), "retryAfterSeconds"));
        }

        Assert.Equal(refused, upstream.Refused);
        upstream.Accepts = null;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
    }

    [Fact]
    public async Task A_server_that_forgot_its_session_is_given_a_new_one_and_the_call_runs_once()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var server = await StartAsync(upstream);
        var client = await server.Client().OpenAsync();
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
        await upstream.StopAsync();
        await upstream.StartAgainAsync();
        Assert.Equal("1", await client.CallTextAsync("stock__count"));
    }

    [Theory]
    [InlineData(UpstreamEra.Sessions)]
    [InlineData(UpstreamEra.Sessionless)]
    public async Task A_list_that_changes_and_a_resource_that_is_updated_are_told_to_the_session(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        await using var server = await StartAsync(upstream);
        var client = await server.Client().OpenAsync();
        using var stream = await client.ListenAsync();
        await client.PostAsync(Rpc.Request(1, "tools/list"));
        await Eventually.Holds(() => era == UpstreamEra.Sessions ? upstream.Requests.Of("GET") == 1 : upstream.Listeners == 1, "the server's own stream was open");
        await upstream.AddToolAsync("fresh");
        await stream.Events.UntilMethodAsync(NotificationMethods.ToolListChangedNotification);
        Assert.Equal("fresh", await client.CallTextAsync("stock__fresh"));

        (await client.PostAsync(Rpc.Request(2, "resources/subscribe", new { uri = "stock+" + StockContent.Guide }))).Expect(HttpStatusCode.OK);
        await Eventually.Holds(() => upstream.Subscriptions == 1, "the resource was watched");
        await upstream.UpdateAsync(StockContent.Guide);
        var update = await stream.Events.UntilMethodAsync(NotificationMethods.ResourceUpdatedNotification);
        Assert.Equal("stock+" + StockContent.Guide, (string)update.Json["params"]!["uri"]!);
        (await client.PostAsync(Rpc.Request(3, "resources/unsubscribe", new { uri = "stock+" + StockContent.Guide }))).Expect(HttpStatusCode.OK);
        await Eventually.Holds(() => upstream.Subscriptions == 0, "the resource was watched no longer");
    }

    /// <summary>On a busy machine an answer may be lost, and the client is told to ask again.</summary>
    private static async Task<RawReply> UntilAnsweredAsync(Func<Task<RawReply>> send)
    {
        RawReply? reply = null;
        await Eventually.Holds(async () => (reply = await send()).Status != HttpStatusCode.ServiceUnavailable, "the request was answered");
        return reply!;
    }

    private static string Detail(RawReply reply, string name) => reply.Result["structuredContent"]?[name]?.ToString() ?? reply.Text;

    private static Task<TestServer> StartAsync(StockUpstream upstream) => StartAtAsync(TimeProvider.System, upstream);

    private static Task<TestServer> StartAtAsync(TimeProvider time, StockUpstream upstream) => TestServer.StartAsync(
        new TestServerOptions { Configuration = UpstreamWorld.Configure(TestConfiguration.With(), ("stock", upstream.Url)), Time = ReferenceEquals(time, TimeProvider.System) ? null : time });
}
