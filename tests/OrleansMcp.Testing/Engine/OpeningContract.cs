using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Only open creates, and what it has answered is durable.</summary>
public abstract class OpeningContract : EngineContract
{
    [Fact]
    public async Task An_open_is_answered_as_an_initialize()
    {
        await using var engine = await StartAsync();
        var client = engine.Unopened(Alice);
        var reply = await client.InitializeAsync();
        Assert.Equal((ReplyKind.Message, 200), (reply.Kind, reply.Status));
        var answer = JsonNode.Parse(reply.Body.Span)!;
        Assert.Equal("init", (string)answer["id"]!);
        Assert.Equal(ProtocolVersions.November2025, (string)answer["result"]!["protocolVersion"]!);
        Assert.NotNull(answer["result"]!["serverInfo"]);
    }

    [Fact]
    public async Task An_opened_session_is_stored_listed_and_reachable_from_every_node()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        Assert.True(await engine.HasRecordAsync(client.Key));
        foreach (var node in engine.Nodes())
        {
            Assert.True(await client.At(node).IsFoundAsync());
            Assert.Contains(client.Key, await engine.Tenants(node).Get("acme").ListSessionsAsync("alice", CancellationToken.None));
            Assert.Empty(await engine.Tenants(node).Get("acme").ListSessionsAsync("bob", CancellationToken.None));
            Assert.Empty(await engine.Tenants(node).Get("globex").ListSessionsAsync(client: null, CancellationToken.None));
        }

        Assert.Equal(1, engine.ActorsOf(client.Key));
    }

    [Fact]
    public async Task Nothing_but_an_open_creates_a_session()
    {
        await using var engine = await StartAsync();
        foreach (var node in engine.Nodes())
        {
            var client = engine.Unopened(Alice).At(node);
            await Probe.FindsNothingAsync(client);
            await NothingIsLeftOf(engine, client.Key);
            Assert.Empty(await engine.Tenants(node).Get("acme").ListSessionsAsync(client: null, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_malformed_initialize_is_refused_and_leaves_nothing()
    {
        await using var engine = await StartAsync();
        var client = engine.Unopened(Alice);
        var malformed = EngineClient.Parse(Rpc.Request(1, "initialize", new { protocolVersion = 7 }));
        var reply = await client.Session.OpenAsync(Alice, malformed, CancellationToken.None).InTime("the refusal");
        Assert.Equal((ReplyKind.Message, 400), (reply.Kind, reply.Status));
        Assert.False(await client.IsFoundAsync());
        await NothingIsLeftOf(engine, client.Key);
    }

    [Fact]
    public async Task A_session_that_exists_is_not_opened_again()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.IncrementAsync();
        foreach (var again in client.Everywhere())
        {
            Assert.Equal(ReplyKind.NotFound, (await again.InitializeAsync()).Kind);
            Assert.Equal(ReplyKind.NotFound, (await again.As(Bob).InitializeAsync()).Kind);
        }

        Assert.Equal(2, await client.IncrementAsync());
        Assert.Empty(await engine.Tenants(0).Get("acme").ListSessionsAsync("bob", CancellationToken.None));
    }

    [Fact]
    public async Task A_session_that_two_callers_open_at_once_belongs_to_one_of_them()
    {
        await using var engine = await StartAsync();
        var alice = engine.Unopened(Alice);
        var bob = alice.As(Bob).Elsewhere();
        var replies = await Task.WhenAll(Task.Run(() => alice.InitializeAsync()), Task.Run(() => bob.InitializeAsync()));
        Assert.Single(replies, reply => reply.Kind == ReplyKind.Message);
        Assert.Single(replies, reply => reply.Kind == ReplyKind.NotFound);
        Assert.NotEqual(await alice.IsFoundAsync(), await bob.IsFoundAsync());
        Assert.Equal(1, engine.ActorsOf(alice.Key));
    }

    [Fact]
    public async Task A_session_that_cannot_be_stored_is_not_opened_and_gives_its_place_back()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 1 });
        var refused = engine.Unopened(Alice);
        engine.StoreFails = true;
        await Assert.ThrowsAnyAsync<IOException>(() => refused.InitializeAsync());
        engine.StoreFails = false;
        await NothingIsLeftOf(engine, refused.Key);
        Assert.False(await refused.IsFoundAsync());
        Assert.Empty(await engine.Tenants(0).Get("acme").ListSessionsAsync("alice", CancellationToken.None));
        Assert.True(await (await engine.OpenAsync(Alice)).IsFoundAsync());
    }

    [Fact]
    public async Task At_the_cap_an_open_is_refused_everywhere_until_a_session_ends()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 2 });
        var (first, second) = (await OpenHoldingAsync(engine), await OpenHoldingAsync(engine));
        var refused = engine.Unopened(Alice);
        foreach (var client in refused.Everywhere())
        {
            await IsRefusedAsync(client);
        }

        await SignalledAsync(engine, SignalName.QuotaExceeded, engine.NodeCount);
        await NothingIsLeftOf(engine, refused.Key);
        await engine.OpenAsync(Bob);
        await engine.OpenAsync(Carol);

        await first.Elsewhere().ReceiptAsync();
        await OpenHoldingAsync(engine);
        await IsRefusedAsync(engine.Unopened(Alice));
        Assert.True(await second.IsFoundAsync());
    }

    [Fact]
    public async Task A_hundred_parallel_opens_from_all_nodes_do_not_pass_the_cap()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 5, OnCap = OnSessionCap.Refuse });
        var clients = Enumerable.Range(0, 100).Select(i => engine.Unopened(Alice).At(i % engine.NodeCount)).ToList();
        var replies = await Task.WhenAll(clients.Select(client => Task.Run(() => client.InitializeAsync())));
        Assert.Equal(5, replies.Count(reply => reply.Status == 200));
        Assert.Equal(95, replies.Count(reply => reply.Status == 429));
        Assert.Equal(5, (await engine.Tenants(0).Get("acme").ListSessionsAsync("alice", CancellationToken.None)).Count);
        foreach (var (client, reply) in clients.Zip(replies).Where(pair => pair.Second.Status == 429))
        {
            await NothingIsLeftOf(engine, client.Key);
        }
    }

    [Fact]
    public async Task The_cap_holds_after_a_restart()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 1 });
        var first = await OpenHoldingAsync(engine);
        await engine.RestartAsync();
        await IsRefusedAsync(engine.Unopened(Alice));
        await first.ReceiptAsync();
        await engine.OpenAsync(Alice);
    }

    [Fact]
    public async Task A_client_that_is_not_registered_opens_nothing()
    {
        await using var engine = await StartAsync();
        var client = engine.Unopened(new Caller("acme", "mallory", "mallory"));
        Assert.Equal(429, (await client.InitializeAsync()).Status);
        await NothingIsLeftOf(engine, client.Key);
    }

    /// <summary>Opens a session that holds state, and so makes no room for another one.</summary>
    private static async Task<EngineClient> OpenHoldingAsync(IEngine engine)
    {
        var client = await engine.OpenAsync(Alice);
        await client.IncrementAsync();
        return client;
    }

    private static async Task IsRefusedAsync(EngineClient client)
    {
        var reply = await client.InitializeAsync();
        Assert.Equal((ReplyKind.Message, 429), (reply.Kind, reply.Status));
        Assert.True(reply.RetryAfterSeconds > 0);
        var data = JsonNode.Parse(reply.Body.Span)!["error"]!["data"]!;
        Assert.Equal(("quota_exceeded", "sessions", "client"), ((string?)data["code"], (string?)data["quota"], (string?)data["scope"]));
    }
}
