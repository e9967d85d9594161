using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Last-Event-ID: what it replays, and what it does not.</summary>
public abstract class ResumptionContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Events_after_the_last_seen_one_are_replayed_in_order()
    {
        using var client = await shared.Server.Client().OpenAsync();
        List<SseEvent> seen = [];
        using (var open = await StreamAsync(client, 1, "replayed", count: 5))
        {
            for (var i = 0; i < 5; i++)
            {
                seen.Add(await open.Events.UntilMethodAsync("notifications/test"));
            }
        }

        using (var resumed = await client.ListenAsync(seen[1].Id))
        {
            for (var i = 2; i < 5; i++)
            {
                Assert.Equal(seen[i], await resumed.Events.NextMessageAsync());
            }
        }

        shared.Server.Gates["replayed"].Open();
        using var again = await client.ListenAsync(seen[4].Id);
        Assert.True((await again.Events.NextMessageAsync()).IsAnswer);
    }

    [Fact]
    public async Task Only_the_stream_of_the_event_is_replayed()
    {
        using var client = await shared.Server.Client().OpenAsync();
        using var first = await StreamAsync(client, "first", "stream one", count: 3);
        using var second = await StreamAsync(client, "second", "stream two", count: 3);
        var begin = await first.Events.UntilMethodAsync("notifications/test");
        for (var i = 0; i < 3; i++)
        {
            await second.Events.UntilMethodAsync("notifications/test");
        }

        first.Dispose();
        shared.Server.Gates["stream two"].Open();
        Assert.Equal("second", (string)(await second.Events.UntilAnswerAsync()).Json["id"]!);
        shared.Server.Gates["stream one"].Open();
        using var resumed = await client.ListenAsync(begin.Id);
        var messages = (await resumed.Events.ToEndAsync()).Where(item => item.Data.Length > 0).ToList();
        Assert.Equal([2, 3], messages.Where(item => !item.IsAnswer).Select(item => (int)item.Json["params"]!["number"]!));
        Assert.Equal("first", (string)Assert.Single(messages, item => item.IsAnswer).Json["id"]!);
    }

    [Fact]
    public async Task The_stream_of_the_session_is_resumed_too()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await SubscribeAsync(client, "test://resumed");
        SseEvent first;
        using (var open = await client.ListenAsync())
        {
            await client.CallTextAsync("test_touch", new { uri = "test://resumed" });
            first = await open.Events.UntilMethodAsync("notifications/resources/updated");
        }

        await client.CallTextAsync("test_touch", new { uri = "test://resumed" });
        using var resumed = await client.ListenAsync(first.Id);
        var missed = await resumed.Events.UntilMethodAsync("notifications/resources/updated");
        Assert.NotEqual(first.Id, missed.Id);
        await client.CallTextAsync("test_touch", new { uri = "test://resumed" });
        Assert.NotEqual(missed.Id, (await resumed.Events.UntilMethodAsync("notifications/resources/updated")).Id);
    }

    [Fact]
    public async Task Event_ids_are_unique_in_a_session_and_say_nothing_about_its_id()
    {
        using var client = await shared.Server.Client().OpenAsync();
        List<string> ids = [];
        foreach (var gate in new[] { "ids one", "ids two" })
        {
            shared.Server.Gates[gate].Open();
            using var open = await StreamAsync(client, gate, gate, count: 4);
            ids.AddRange((await open.Events.ToEndAsync()).Select(item => item.Id!));
        }

        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        // No eight characters in a row of the session id, as it is written or as the bytes it stands for.
        var parts = client.SessionId!.Split('.');
        var secrets = parts.Concat(parts.Select(part => Convert.ToHexStringLower(System.Buffers.Text.Base64Url.DecodeFromChars(part))));
        var windows = secrets.SelectMany(text => Enumerable.Range(0, text.Length - 7).Select(start => text.Substring(start, 8)));
        Assert.All(windows, window => Assert.DoesNotContain(ids, id => id.Contains(window, StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("00000000-1-1")]
    [InlineData("00000000-9223372036854775807-1")]
    [InlineData("-1-")]
    public async Task An_event_of_a_call_that_the_session_never_sent_is_said_to_be_gone(string id)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.GetAsync(id);
        Assert.Equal((HttpStatusCode.BadRequest, -32600), (reply.Status, reply.ErrorCode));
        Assert.True(await client.IsAliveAsync());
    }

    [Theory]
    [InlineData("00000000-0-1")]
    [InlineData("00000000-0-9223372036854775807")]
    [InlineData("nonsense")]
    [InlineData("-1--1")]
    [InlineData("99999999999999999999-99999999999999999999-99999999999999999999")]
    public async Task The_stream_of_the_session_opens_afresh_after_an_event_that_it_never_sent(string id)
    {
        using var client = await shared.Server.Client().OpenAsync();
        await SubscribeAsync(client, "test://afresh");
        using var listening = await client.ListenAsync(id);
        await client.CallTextAsync("test_touch", new { uri = "test://afresh" });
        await listening.Events.UntilMethodAsync("notifications/resources/updated");
    }

    [Fact]
    public async Task The_stream_of_the_session_opens_afresh_after_a_restart_and_a_newer_event_than_there_is()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await SubscribeAsync(client, "test://nap");
        string last;
        using (var open = await client.ListenAsync())
        {
            await client.CallTextAsync("test_touch", new { uri = "test://nap" });
            last = (await open.Events.UntilMethodAsync("notifications/resources/updated")).Id!;
        }

        await server.RestartAsync();
        for (var i = 0; i < 2; i++)
        {
            using var listening = await client.ListenAsync(last);
            await client.CallTextAsync("test_touch", new { uri = "test://nap" });
            var heard = await listening.Events.UntilMethodAsync("notifications/resources/updated");
            Assert.NotEqual(last, heard.Id);
            last = heard.Id![..(heard.Id!.LastIndexOf('-') + 1)] + "999";
        }
    }

    [Fact]
    public async Task The_stream_of_the_session_replays_what_is_held_when_more_was_missed()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(new OrleansMcp.Configuration.SessionConfiguration { MaxBufferedEvents = 4 }),
        });
        using var client = await server.Client().OpenAsync();
        await SubscribeAsync(client, "test://gap");
        string first;
        using (var open = await client.ListenAsync())
        {
            await client.CallTextAsync("test_touch", new { uri = "test://gap" });
            first = (await open.Events.UntilMethodAsync("notifications/resources/updated")).Id!;
            for (var i = 0; i < 10; i++)
            {
                await client.CallTextAsync("test_touch", new { uri = "test://gap" });
                await open.Events.UntilMethodAsync("notifications/resources/updated");
            }
        }

        using var resumed = await client.ListenAsync(first);
        var heard = await resumed.Events.UntilMethodAsync("notifications/resources/updated");
        Assert.True(SequenceOf(heard.Id!) > SequenceOf(first) + 1, $"{first} {heard.Id}");
        await client.CallTextAsync("test_touch", new { uri = "test://gap" });
        await resumed.Events.UntilMethodAsync("notifications/resources/updated");

        static long SequenceOf(string id) => long.Parse(id[(id.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Replaying_a_big_event_does_not_block_a_live_reply()
    {
        using var client = await shared.Server.Client().OpenAsync();
        SseEvent first;
        using (var open = await client.PostForStreamAsync(
            Rpc.Call("big", "test_notify", new { gate = "big", count = 2, bytes = 450_000 })))
        {
            // Only the head is read: the rest of the big events waits in the buffers of a client that does not read on.
            first = await FirstEventAsync(open);
        }

        using var slow = await client.StartAsync(client.Request(HttpMethod.Get, request =>
        {
            request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
            request.Headers.TryAddWithoutValidation("Last-Event-ID", first.Id);
        }));
        Assert.Equal(HttpStatusCode.OK, slow.StatusCode);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("live", await client.CallTextAsync("echo", new { text = "live" }));
        }

        shared.Server.Gates["big"].Open();
    }

    [Fact]
    public async Task What_no_longer_fits_the_buffer_is_said_to_be_lost_instead_of_skipped()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(new OrleansMcp.Configuration.SessionConfiguration { MaxBufferedEvents = 8 }),
        });
        using var client = await server.Client().OpenAsync();
        string first;
        using (var open = await client.PostForStreamAsync(Rpc.Call(1, "test_notify", new { gate = "lost", count = 30, bytes = 10 })))
        {
            first = (await open.Events.UntilMethodAsync("notifications/test")).Id!;
            for (var i = 1; i < 30; i++)
            {
                await open.Events.UntilMethodAsync("notifications/test");
            }
        }

        server.Gates["lost"].Open();
        var reply = await client.GetAsync(first);
        Assert.True(reply.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{(int)reply.Status}");
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task After_a_restart_old_event_ids_replay_nothing_and_the_session_goes_on()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.IncrementAsync();
        string last;
        using (var open = await client.PostForStreamAsync(Rpc.Call(1, "test_notify", new { gate = "restart", count = 2, bytes = 10 })))
        {
            last = (await open.Events.UntilMethodAsync("notifications/test")).Id!;
        }

        server.Gates["restart"].Open(); // a server that stops waits for its calls
        await server.RestartAsync();
        var reply = await client.GetAsync(last);
        Assert.True(reply.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{(int)reply.Status}");
        Assert.Equal(2, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_stream_of_the_newest_revision_begins_with_an_id_to_resume_from()
    {
        using var client = await shared.Server.Client().OpenAsync();
        shared.Server.Gates["primed"].Open();
        using var open = await StreamAsync(client, 1, "primed", count: 1);
        var priming = await open.Events.NextAsync();
        Assert.Equal("", priming!.Data);
        Assert.NotNull(priming.Id);
    }

    [Fact]
    public async Task A_stream_of_an_older_revision_has_no_empty_events()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-06-18");
        shared.Server.Gates["not primed"].Open();
        using var open = await StreamAsync(client, 1, "not primed", count: 1);
        Assert.All(await open.Events.ToEndAsync(), item => Assert.NotEqual("", item.Data));
    }

    private static Task<OpenReply> StreamAsync(RawClient client, object id, string gate, int count) =>
        client.PostForStreamAsync(Rpc.Call(id, "test_notify", new { gate, count, bytes = 10 }));

    private static async Task SubscribeAsync(RawClient client, string uri)
    {
        var reply = (await client.PostAsync(Rpc.Request("s", "resources/subscribe", new { uri }))).Expect(HttpStatusCode.OK);
        Assert.NotNull(reply.Result);
    }

    private static async Task<SseEvent> FirstEventAsync(OpenReply open)
    {
        while (await open.Events.NextAsync() is { } item)
        {
            if (item.Id is not null)
            {
                return item;
            }
        }

        throw new EndOfStreamException();
    }
}
