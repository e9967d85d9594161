using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Scripted;

namespace OrleansMcp.Tests.Upstreams.Servers;

/// <summary>The scripted server by itself: decent without a script, and bad as it is told to.</summary>
public sealed class ScriptedUpstreamTests
{
    [Theory]
    [InlineData(UpstreamEra.Sessions)]
    [InlineData(UpstreamEra.Sessionless)]
    public async Task Without_a_script_it_is_a_small_server_of_its_era(UpstreamEra era)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(era);
        await using (var client = await UpstreamClient.ConnectAsync(upstream.Url, era))
        {
            Assert.Equal("echo", (await client.ListToolsAsync()).Single().Name);
            Assert.Equal("hello", await client.CallTextAsync("echo", ("text", "hello")));
            Assert.Equal(era == UpstreamEra.Sessions ? 1 : 0, upstream.Sessions.Open);
        }

        Assert.Equal((0, era == UpstreamEra.Sessions ? 1 : 0), (upstream.Sessions.Open, upstream.Requests.Of("DELETE")));
        var other = era == UpstreamEra.Sessions ? UpstreamEra.Sessionless : UpstreamEra.Sessions;
        await Assert.ThrowsAnyAsync<Exception>(() => UpstreamClient.ConnectAsync(upstream.Url, other));
    }

    [Fact]
    public async Task Its_bad_answers_are_what_they_are_called()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        using var client = await new RawClient(upstream.Url, "alice-key").OpenAsync();

        var malformed = await TextAsync(BadAnswers.MalformedJson);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => JsonNode.Parse(malformed));
        Assert.Contains("somebody-else", await TextAsync(BadAnswers.WrongId));
        Assert.Contains("<html>", await TextAsync(BadAnswers.Html()));
        Assert.Contains("Bearer alice-key", await TextAsync(BadAnswers.QuotedAuthorization));
        Assert.Contains("crm__delete", await TextAsync(BadAnswers.Instructing("crm__delete", new JsonObject { ["id"] = 1 })));
        Assert.Contains(string.Concat(Enumerable.Repeat("{\"a\":", 1000)), await TextAsync(BadAnswers.Deep(1000)));
        Assert.True((await TextAsync(BadAnswers.Huge())).Length > 20 << 20);
        Assert.True(upstream.BytesSent > 20 << 20);
        var throttled = await CallAsync(BadAnswers.Status(429, retryAfter: 7));
        Assert.Equal((HttpStatusCode.TooManyRequests, "7"), (throttled.Status, throttled.Headers["Retry-After"]));
        await using var elsewhere = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        await CallAsync(BadAnswers.Redirect(elsewhere.Url));
        Assert.Equal(1, elsewhere.Requests.Of("tools/call"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => CallAsync(BadAnswers.Reset));
        upstream.Always = BadAnswers.Status(403);
        Assert.Contains("insufficient_scope", (await client.PostAsync(Rpc.Request(1, "ping"))).Headers["WWW-Authenticate"]);

        async Task<RawReply> CallAsync(Script script)
        {
            upstream.On("tools/call", script);
            return await client.CallAsync("echo");
        }

        async Task<string> TextAsync(Script script) => (await CallAsync(script)).Text;
    }

    [Fact]
    public async Task Its_bad_streams_end_with_the_client_and_not_before()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        using var client = await new RawClient(upstream.Url, key: null).OpenAsync();
        foreach (var script in (Script[])[BadStreams.Flood, BadStreams.EndlessLine, BadStreams.EndlessComments, BadStreams.EndlessEvent])
        {
            upstream.On("tools/call", script);
            using var response = await client.StartAsync(client.Post(Rpc.Call(1, "echo"), change: null));
            await using var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[1 << 20]).AsTask().InTime("a megabyte came");
        }

        await ExpectEventsAsync(BadStreams.Duplicate, 2);
        await ExpectEventsAsync(BadStreams.Rubbish, 6);
        await ExpectEventsAsync(BadStreams.NoAnswer, 0);
        await ExpectEventsAsync(BadStreams.Many(500), 501);
        var read = new TaskCompletionSource();
        upstream.On("tools/call", BadStreams.Reset(read.Task));
        using (var stream = await client.PostForStreamAsync(Rpc.Call(1, "echo")))
        {
            Assert.Equal("notifications/message", (await stream.Events.NextMessageAsync()).Method);
            read.SetResult();
            await Assert.ThrowsAnyAsync<IOException>(() => stream.Events.NextMessageAsync());
        }

        await Eventually.Holds(() => upstream.ConnectionsOpen <= 1, "the streams were gone");

        async Task ExpectEventsAsync(Script script, int count)
        {
            upstream.On("tools/call", script);
            using var stream = await client.PostForStreamAsync(Rpc.Call(1, "echo"));
            Assert.Equal(count, (await stream.Events.ToEndAsync()).Count);
        }
    }

    [Fact]
    public async Task What_nobody_asked_for_comes_on_the_stream_of_a_session_and_answers_are_kept()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        upstream.On("GET", BadStreams.UnaskedRequests);
        using var client = await new RawClient(upstream.Url, key: null).OpenAsync();
        using var stream = await client.ListenAsync();
        var asked = await stream.Events.UntilMethodAsync("roots/list");
        (await client.AnswerAsync(asked, new { roots = Array.Empty<object>() })).Expect(HttpStatusCode.Accepted);
        Assert.Equal("unasked-roots", (string?)Assert.Single(upstream.Responses)["id"]);
    }

    [Fact]
    public async Task Its_lists_are_long_or_endless_or_change()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessionless);
        using var client = new ModernClient(upstream.Url, key: null);
        upstream.On("tools/list", BadLists.Changing([DecentAnswers.Tool("a", "first")], [DecentAnswers.Tool("a", "second")]));
        Assert.Equal(["first", "second", "second"], [await DescriptionAsync(), await DescriptionAsync(), await DescriptionAsync()]);

        upstream.On("tools/list", BadLists.Many(count: 2500, page: 1000));
        var names = new List<string>();
        for (string? cursor = null, next = ""; next is not null; cursor = next)
        {
            var page = await PageAsync(cursor);
            names.AddRange(page["tools"]!.AsArray().Select(tool => (string)tool!["name"]!));
            next = (string?)page["nextCursor"];
        }

        Assert.Equal((2500, "tool002499"), (names.Distinct(StringComparer.Ordinal).Count(), names[^1]));
        upstream.On("tools/list", BadLists.EndlessPages);
        Assert.Equal("8", (string?)(await PageAsync("7"))["nextCursor"]);
        upstream.On("tools/list", BadLists.Huge(3 << 20));
        Assert.Equal(3 << 20, (await DescriptionAsync()).Length);
        upstream.On("tools/list", BadLists.Endless);
        using var endless = await client.StartAsync("tools/list", parameters: null);
        await using var stream = await endless.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[1 << 20]).AsTask().InTime("a megabyte came");

        async Task<JsonNode> PageAsync(string? cursor) => (await client.SendAsync("tools/list", cursor is null ? null : new JsonObject { ["cursor"] = cursor })).Result;

        async Task<string> DescriptionAsync() => (string)(await PageAsync(cursor: null))["tools"]![0]!["description"]!;
    }
}
