using System.Net;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>Everything passes through: the client's era, the server's era.</summary>
public abstract class PassThroughContract(UpstreamWorld world) : IClassFixture<UpstreamWorld>
{
    public static TheoryData<UpstreamEra, string> Eras => new()
    {
        { UpstreamEra.Sessions, "old" }, { UpstreamEra.Sessions, "new" }, { UpstreamEra.Sessionless, "old" }, { UpstreamEra.Sessionless, "new" },
    };

    private UpstreamWorld World => world;

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Tools_are_listed_under_the_servers_name_and_answer(UpstreamEra era, string server)
    {
        await using var client = await World.ConnectAsync(era);
        var tools = (await client.ListToolsAsync()).ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        Assert.Contains("echo", tools.Keys); // the host's own
        Assert.Equal("Returns the text it is given.", tools[$"{server}__echo"].Description);
        Assert.True(tools[$"{server}__echo"].ProtocolTool.Annotations?.ReadOnlyHint);
        Assert.Equal("grüße", await client.CallTextAsync($"{server}__echo", ("text", "grüße")));
        Assert.Equal("north", await client.CallTextAsync($"{server}__regional", ("region", "north")));
        Assert.DoesNotContain("x-mcp-header", tools[$"{server}__regional"].ProtocolTool.InputSchema.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Names_that_clients_refuse_are_changed_and_the_description_says_so(UpstreamEra era, string server)
    {
        await using var client = await World.ConnectAsync(era);
        var tools = (await client.ListToolsAsync()).Where(tool => tool.Name.StartsWith(server, StringComparison.Ordinal)).ToList();
        Assert.All(tools, static tool => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", tool.Name));
        var dotted = Assert.Single(tools, static tool => tool.Description.EndsWith("(Its server calls it 'a.b'.)", StringComparison.Ordinal));
        Assert.StartsWith($"{server}__a_b_", dotted.Name, StringComparison.Ordinal);
        Assert.Equal("a.b", await client.CallTextAsync(dotted.Name));
        Assert.Equal("a_b", await client.CallTextAsync($"{server}__a_b"));
        var cut = Assert.Single(tools, static tool => tool.Description.Contains($"'{StockPrimitives.LongName}'", StringComparison.Ordinal));
        Assert.Equal((64, StockPrimitives.LongName), (cut.Name.Length, await client.CallTextAsync(cut.Name)));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Results_keep_their_structure_metadata_and_kinds_of_content_and_links_can_be_read(UpstreamEra era, string server)
    {
        await using var client = await World.ConnectAsync(era);
        var structured = await client.CallToolAsync($"{server}__structured", new Dictionary<string, object?>(StringComparer.Ordinal) { ["place"] = "Bonn" });
        Assert.Equal("Bonn", structured.StructuredContent?.GetProperty("place").GetString());
        Assert.Equal("stock", (string?)structured.Meta?["example.com/origin"]);

        var link = await client.CallToolAsync($"{server}__link");
        Assert.Equal(["text", "image", "resource_link", "resource", "resource"], link.Content.Select(static block => block.Type));
        var uri = link.Content.OfType<ResourceLinkBlock>().Single().Uri;
        Assert.Equal($"{server}+{StockContent.Guide}", uri);
        Assert.All(link.Content.OfType<EmbeddedResourceBlock>(), block => Assert.StartsWith($"{server}+stock://embedded/", block.Resource.Uri, StringComparison.Ordinal));
        var read = Assert.IsType<TextResourceContents>((await client.ReadResourceAsync(uri)).Contents.Single());
        Assert.Equal((uri, "The guide."), (read.Uri, read.Text));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Errors_are_told_as_the_server_tells_them(UpstreamEra era, string server)
    {
        await using var client = await World.ConnectAsync(era);
        var failed = await client.CallToolAsync($"{server}__fail");
        Assert.Equal((true, "It failed."), (failed.IsError, failed.Content.OfType<TextContentBlock>().Single().Text));
        var thrown = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync($"{server}__throw"));
        Assert.Equal(McpErrorCode.InvalidParams, thrown.ErrorCode);
        Assert.Contains("It was thrown.", thrown.Message, StringComparison.Ordinal);
        thrown = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync($"{server}__nothing"));
        Assert.Equal(McpErrorCode.InvalidParams, thrown.ErrorCode);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Progress_has_the_clients_own_token_comes_in_order_and_before_the_answer(UpstreamEra era, string server)
    {
        var reply = await CallAsync(era, Rpc.CallParams($"{server}__progress", new { steps = 5 }, progressToken: "mine"));
        var told = Of(reply, NotificationMethods.ProgressNotification);
        Assert.Equal([1, 2, 3, 4, 5], told.Select(static one => (int)one["progress"]!));
        Assert.All(told, static one => Assert.Equal("mine", (string)one["progressToken"]!));
        Assert.Equal("5 steps", reply.ToolText);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Log_messages_name_their_server_and_come_from_the_level_that_the_client_wants(UpstreamEra era, string server)
    {
        foreach (var (level, isTold) in new[] { ("info", true), ("error", false) })
        {
            var call = Rpc.CallParams($"{server}__log", new { text = "a line", level = "warning" });
            call["_meta"] = new JsonObject { ["io.modelcontextprotocol/logLevel"] = level };
            var reply = await CallAsync(era, call, level);
            var told = Of(reply, NotificationMethods.LoggingMessageNotification).Select(static one => $"{one["level"]} {one["logger"]} {one["data"]}");
            Assert.Equal(isTold ? [$"warning {server}/stock a line"] : [], told);
        }
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task What_a_server_asks_is_asked_of_the_client_and_answered(UpstreamEra era, string server)
    {
        await using var client = await World.ConnectAsync(era, answers: true);
        Assert.Equal("blue", await client.CallTextAsync($"{server}__ask"));
        Assert.Equal("decline", await client.CallTextAsync($"{server}__askUrl"));
        Assert.Equal("the model speaks", await client.CallTextAsync($"{server}__sample"));
        Assert.Equal("file:///work", await client.CallTextAsync($"{server}__roots"));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    public async Task A_call_that_its_session_cancels_is_cancelled_at_the_server(string server)
    {
        var (client, gate) = (await World.Server.Client().OpenAsync(), Guid.NewGuid().ToString("n"));
        var call = client.CallAsync($"{server}__slow", new { gate }, id: 7);
        await World[server].Gates[gate].Entered.InTime("the call arrived");
        await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = 7 }));
        await Eventually.Holds(() => World[server].CancelledCalls.Contains(gate), "the call was cancelled at the server");
        await call;
    }

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    public async Task A_call_whose_stream_is_closed_is_cancelled_at_the_server_where_that_means_so(string server)
    {
        var gate = Guid.NewGuid().ToString("n");
        using (var client = World.Server.Modern())
        {
            _ = client.StartAsync("tools/call", Rpc.CallParams($"{server}__slow", new { gate }));
            await World[server].Gates[gate].Entered.InTime("the call arrived");
        }

        await Eventually.Holds(() => World[server].CancelledCalls.Contains(gate), "the call was cancelled at the server");
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Prompts_resources_templates_and_completions_are_the_servers(UpstreamEra era, string server)
    {
        await using var client = await World.ConnectAsync(era);
        Assert.Contains($"{server}__greet", (await client.ListPromptsAsync()).Select(static prompt => prompt.Name));
        var greeting = await client.GetPromptAsync($"{server}__greet", new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "Bonn" });
        Assert.Equal("Say hello to somebody from Bonn.", Assert.IsType<TextContentBlock>(greeting.Messages.Single().Content).Text);
        Assert.Superset(
            new HashSet<string>([$"{server}+{StockContent.Guide}", $"{server}+{StockContent.Picture}"]), (await client.ListResourcesAsync()).Select(static one => one.Uri).ToHashSet());
        Assert.Contains($"{server}+{StockContent.Template}", (await client.ListResourceTemplatesAsync()).Select(static one => one.UriTemplate));
        var note = Assert.IsType<TextResourceContents>((await client.ReadResourceAsync($"{server}+stock://notes/first")).Contents.Single());
        Assert.Equal("The note 'first'.", note.Text);
        Assert.Equal(["Paris", "Parma"], (await client.CompleteAsync(new PromptReference { Name = $"{server}__greet" }, "city", "Pa")).Completion.Values);
        Assert.Equal(
            ["first", "fifth"],
            (await client.CompleteAsync(new ResourceTemplateReference { Uri = $"{server}+{StockContent.Template}" }, "name", "fi")).Completion.Values);
    }

    private async Task<RawReply> CallAsync(UpstreamEra era, JsonObject call, string? level = null)
    {
        if (era == UpstreamEra.Sessionless)
        {
            return await World.Server.Modern().SendAsync("tools/call", call);
        }

        var client = await World.Server.Client().OpenAsync();
        if (level is not null)
        {
            (await client.PostAsync(Rpc.Request(1, "logging/setLevel", new { level }))).Expect(HttpStatusCode.OK);
        }

        return await client.PostAsync(Rpc.Request(2, "tools/call", call));
    }

    private static List<JsonNode> Of(RawReply reply, string method) =>
        reply.IsStream ? [.. reply.Events.Where(one => one.Method == method).Select(static one => one.Json["params"]!)] : [];
}
