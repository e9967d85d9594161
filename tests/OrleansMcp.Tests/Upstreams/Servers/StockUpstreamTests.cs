using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams.Servers;

/// <summary>The stock server by itself, in both eras, with the client of the same SDK.</summary>
public sealed class StockUpstreamTests
{
    public static TheoryData<UpstreamEra> Eras => [UpstreamEra.Sessions, UpstreamEra.Sessionless];

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Its_tools_answer(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, era, "Bearer alice");

        Assert.Equal("grüße", await client.CallTextAsync("echo", ("text", "grüße")));
        Assert.Equal("1", await client.CallTextAsync("count"));
        Assert.Equal("2", await client.CallTextAsync("count"));
        Assert.Equal(ReceivedRequest.HashOf("Bearer alice"), await client.CallTextAsync("whoami"));
        await client.ListToolsAsync(); // which tells the client of the header
        Assert.Equal("north", await client.CallTextAsync("regional", ("region", "north")));
        Assert.Equal([StockPrimitives.LongName, "a.b", "a_b"], [await client.CallTextAsync(StockPrimitives.LongName), await client.CallTextAsync("a.b"), await client.CallTextAsync("a_b")]);

        using var meta = JsonDocument.Parse(await client.CallTextAsync("meta"));
        Assert.Equal(era == UpstreamEra.Sessions, meta.RootElement.GetProperty("headers").EnumerateArray().Any(name => name.ValueEquals("Mcp-Session-Id")));
        Assert.Equal(
            era == UpstreamEra.Sessionless,
            meta.RootElement.GetProperty("meta").EnumerateArray().Any(name => name.ValueEquals("io.modelcontextprotocol/protocolVersion")));

        Assert.True((await client.CallToolAsync("fail")).IsError);
        var thrown = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("throw"));
        Assert.Equal(McpErrorCode.InvalidParams, thrown.ErrorCode);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Structure_metadata_links_and_resources_are_in_its_results(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, era);

        var tool = (await client.ListToolsAsync()).Single(tool => tool.Name == "structured");
        Assert.True(tool.ProtocolTool.OutputSchema?.GetProperty("properties").TryGetProperty("temperature", out _));
        var structured = await client.CallToolAsync("structured", new Dictionary<string, object?>(StringComparer.Ordinal) { ["place"] = "Bonn" });
        Assert.Equal("Bonn", structured.StructuredContent?.GetProperty("place").GetString());
        Assert.Equal("stock", (string?)structured.Meta?["example.com/origin"]);

        var link = await client.CallToolAsync("link");
        Assert.Equal(["text", "image", "resource_link", "resource", "resource"], link.Content.Select(block => block.Type));
        Assert.Equal(StockContent.Guide, link.Content.OfType<ResourceLinkBlock>().Single().Uri);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task Its_prompt_and_resources_can_be_read_and_completed(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, era);

        Assert.Equal("greet", (await client.ListPromptsAsync()).Single().Name);
        var prompt = await client.GetPromptAsync("greet", new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "Rome" });
        Assert.Contains("Rome", ((TextContentBlock)prompt.Messages.Single().Content).Text);
        Assert.Equal(["Paris", "Parma"], (await client.CompleteAsync(new PromptReference { Name = "greet" }, "city", "Par")).Completion.Values);

        Assert.Equal([StockContent.Guide, StockContent.Picture], (await client.ListResourcesAsync()).Select(resource => resource.Uri).Order(StringComparer.Ordinal));
        Assert.Equal(StockContent.Template, (await client.ListResourceTemplatesAsync()).Single().UriTemplate);
        Assert.IsType<BlobResourceContents>((await client.ReadResourceAsync(StockContent.Picture)).Contents.Single());
        Assert.Contains("first", Assert.IsType<TextResourceContents>((await client.ReadResourceAsync("stock://notes/first")).Contents.Single()).Text);
        var reference = new ResourceTemplateReference { Uri = StockContent.Template };
        Assert.Equal(["first", "fifth"], (await client.CompleteAsync(reference, "name", "fi")).Completion.Values);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task It_asks_the_client_in_the_middle_of_a_call(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, era, answers: true);

        Assert.Equal("blue", await client.CallTextAsync("ask"));
        Assert.Equal("decline", await client.CallTextAsync("askUrl"));
        Assert.Equal("the model speaks", await client.CallTextAsync("sample"));
        Assert.Equal("file:///work", await client.CallTextAsync("roots"));
        Assert.Equal(4, upstream.RequestStates.Count);
        Assert.Equal(era == UpstreamEra.Sessionless, upstream.Requests.Contain(upstream.RequestStates.First()));
    }

    [Fact]
    public async Task A_client_that_cannot_be_asked_gets_an_error()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var other = await StockUpstream.StartAsync(UpstreamEra.Sessionless);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, UpstreamEra.Sessions);
        using var sessionless = new ModernClient(other.Url, key: null) { Capabilities = [] };
        foreach (var tool in (string[])["ask", "askUrl", "sample", "roots"])
        {
            Assert.True((await client.CallToolAsync(tool)).IsError);
            var refused = (await sessionless.CallAsync(tool)).Expect(HttpStatusCode.BadRequest);
            Assert.Equal((int)McpErrorCode.MissingRequiredClientCapability, refused.ErrorCode);
        }
    }

    [Fact]
    public async Task It_reports_progress_with_the_token_of_the_request()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        await using var other = await StockUpstream.StartAsync(UpstreamEra.Sessionless);
        using var session = await new RawClient(upstream.Url, key: null).OpenAsync();
        using var sessionless = new ModernClient(other.Url, key: null);
        var asked = Rpc.CallParams("progress", new { steps = 3, message = "mine" }, progressToken: "token");

        Expect(await session.PostAsync(Rpc.Request(1, "tools/call", asked)));
        Expect(await sessionless.SendAsync("tools/call", asked));
        Assert.Equal("nobody asked for progress", await session.CallTextAsync("progress", new { steps = 3 }));

        static void Expect(RawReply reply)
        {
            var reports = reply.Events.Where(item => item.Method == "notifications/progress").Select(item => item.Json["params"]!);
            Assert.Equal(
                [("token", 1, "mine 1"), ("token", 2, "mine 2"), ("token", 3, "mine 3")],
                reports.Select(report => ((string?)report["progressToken"], (int)report["progress"]!, (string?)report["message"])));
        }
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task It_logs_to_who_wants_to_hear_it(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, era);
        var heard = new ConcurrentQueue<string>();
        await using var registration = client.RegisterNotificationHandler(NotificationMethods.LoggingMessageNotification, (message, _) =>
        {
            heard.Enqueue((string)message.Params!["data"]!);
            return ValueTask.CompletedTask;
        });

        var said = await client.CallTextAsync("log", ("text", "hello"), ("level", "warning"));
        Assert.Equal(era == UpstreamEra.Sessions ? "logged" : "not logged", said);
        if (era == UpstreamEra.Sessions)
        {
            await Eventually.Holds(() => heard.Contains("hello"), "the message was heard");
            await client.SetLoggingLevelAsync(LoggingLevel.Error);
            Assert.Equal("not logged", await client.CallTextAsync("log", ("text", "hello"), ("level", "warning")));
        }
    }

    [Fact]
    public async Task It_knows_which_calls_of_a_session_were_cancelled()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        using var client = await new RawClient(upstream.Url, key: null).OpenAsync();
        var through = client.CallTextAsync("slow", new { gate = "other" });
        using var cancelled = await client.StartAsync(client.Post(Rpc.Call("mine", "slow", new { gate = "mine" }), change: null));
        await upstream.Gates["mine"].Entered;

        (await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "mine" }))).Expect(HttpStatusCode.Accepted);
        await upstream.Gates["mine"].Cancelled;
        await Eventually.Holds(() => upstream.CancelledCalls.SequenceEqual(["mine"]), "the call was known as cancelled");
        upstream.Gates["other"].Open();
        Assert.Equal("through", await through);
    }

    [Fact]
    public async Task It_cancels_a_call_without_a_session_when_its_client_hangs_up()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessionless);
        await using var client = await UpstreamClient.ConnectAsync(upstream.Url, UpstreamEra.Sessionless);
        using var patience = new CancellationTokenSource();
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { ["gate"] = "mine" };
        var call = client.CallToolAsync("slow", arguments, cancellationToken: patience.Token).AsTask();
        await upstream.Gates["mine"].Entered;
        Assert.False(upstream.Gates["mine"].WasCancelled);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await upstream.Gates["mine"].Cancelled;
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public async Task It_speaks_no_revision_of_the_other_era(UpstreamEra era)
    {
        await using var upstream = await StockUpstream.StartAsync(era);
        var other = era == UpstreamEra.Sessions ? UpstreamEra.Sessionless : UpstreamEra.Sessions;
        await Assert.ThrowsAnyAsync<McpException>(() => UpstreamClient.ConnectAsync(upstream.Url, other));
        Assert.Equal(0, upstream.SessionsOpened);
    }
}
