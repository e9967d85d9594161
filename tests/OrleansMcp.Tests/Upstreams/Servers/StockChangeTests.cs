using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams.Servers;

/// <summary>What the stock server says when something of it changes.</summary>
public sealed class StockChangeTests
{
    [Fact]
    public async Task Sessions_hear_of_changed_lists_and_of_the_resources_they_want()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, UpstreamEra.Sessions);
        var heard = new ConcurrentQueue<string>();
        await using var lists = client.RegisterNotificationHandler(NotificationMethods.ToolListChangedNotification, Hear);
        await using var resources = client.RegisterNotificationHandler(NotificationMethods.ResourceUpdatedNotification, Hear);
        await Eventually.Holds(() => upstream.Requests.Of("GET") == 1, "the client listened");
        await client.SubscribeToResourceAsync(StockContent.Guide);
        Assert.Equal(1, upstream.Subscriptions);

        // The SDK drops what it has to say before it knows of the stream; saying it again does no harm.
        await Eventually.Holds(
            async () =>
            {
                await upstream.UpdateAsync(StockContent.Guide);
                return heard.Contains(StockContent.Guide);
            },
            "the client heard of the resource");
        await upstream.UpdateAsync(StockContent.Picture);
        await upstream.AddToolAsync("new");
        await Eventually.Holds(() => heard.Contains("list"), "the client heard of the list");
        Assert.DoesNotContain(StockContent.Picture, heard);
        Assert.Equal("new", await client.CallTextAsync("new"));

        ValueTask Hear(JsonRpcNotification message, CancellationToken cancellationToken)
        {
            heard.Enqueue((string?)message.Params?["uri"] ?? "list");
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Streams_without_a_session_hear_of_what_they_asked_for()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessionless);
        using var client = new ModernClient(upstream.Url, key: null);
        var wanted = new JsonObject { ["toolsListChanged"] = true, ["resourceSubscriptions"] = new JsonArray(StockContent.Guide) };
        using (var stream = await client.OpenAsync("subscriptions/listen", new JsonObject { ["notifications"] = wanted }, id: "listening"))
        {
            var acknowledged = await stream.Events.NextMessageAsync();
            Assert.Equal("notifications/subscriptions/acknowledged", acknowledged.Method);
            Assert.Equal((1, 1), (upstream.Listeners, upstream.Subscriptions));

            await upstream.UpdateAsync(StockContent.Picture);
            await upstream.UpdateAsync(StockContent.Guide);
            await upstream.RemoveToolAsync("a.b");
            var updated = await stream.Events.NextMessageAsync();
            Assert.Equal(StockContent.Guide, (string?)updated.Json["params"]!["uri"]);
            Assert.Equal("listening", (string?)updated.Json["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]);
            Assert.Equal("notifications/tools/list_changed", (await stream.Events.NextMessageAsync()).Method);
        }

        await Eventually.Holds(() => upstream.Listeners == 0, "the stream was gone");
        Assert.DoesNotContain("\"a.b\"", (await client.SendAsync("tools/list")).Text);
    }

    [Theory]
    [InlineData(UpstreamEra.Sessions)]
    [InlineData(UpstreamEra.Sessionless)]
    public async Task A_redefined_tool_does_what_it_did(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, era);
        await upstream.RedefineAsync("echo", "Sends the text to somebody else.");
        Assert.Equal("Sends the text to somebody else.", (await client.ListToolsAsync()).Single(tool => tool.Name == "echo").Description);
        Assert.Equal("still", await client.CallTextAsync("echo", ("text", "still")));
    }
}
