using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Clients of 2026-07-28: an actor for each principal, and handles to sessions of their own.</summary>
public abstract class PrincipalContract : EngineContract
{
    [Fact]
    public async Task A_principal_has_an_actor_without_an_open_and_leaves_nothing_durable_until_it_keeps_something()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 0 });
        var client = engine.Principal(Alice);
        Assert.Equal("hello", await client.CallTextAsync("engine_echo", new { text = "hello" }));
        Assert.Equal(1, engine.ActorsOf(client.Key));
        Assert.False(await engine.HasRecordAsync(client.Key));
        Assert.Equal(1, await client.IncrementAsync());
        Assert.True(await engine.HasRecordAsync(client.Key));
        Assert.Empty(await engine.Tenants(0).Get("acme").ListSessionsAsync(client: null, CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Principals_keep_apart_and_return_with_their_state(bool restart)
    {
        await using var engine = await StartAsync();
        Caller[] callers = [Alice, Bob, Carol, Alice with { Subject = "another user" }, Alice with { KeyThumbprint = "a proven key" }];
        var clients = callers.Select(caller => engine.Principal(caller)).ToList();
        for (var i = 0; i < clients.Count; i++)
        {
            Assert.Equal(i + 10, await clients[i].At(i % engine.NodeCount).IncrementAsync(i + 10));
        }

        await LeaveMemoryAsync(engine, restart);
        for (var i = 0; i < clients.Count; i++)
        {
            Assert.Equal(0, engine.ActorsOf(clients[i].Key));
            Assert.Equal(i + 11, await clients[i].Elsewhere().IncrementAsync());
        }
    }

    [Fact]
    public async Task A_principal_that_kept_nothing_sleeps_and_leaves_nothing()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        await client.CallTextAsync("engine_echo", new { text = "x" });
        await engine.SendToSleepAsync();
        await NothingIsLeftOf(engine, client.Key);
        Assert.Equal(1, await client.Elsewhere().IncrementAsync());
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task The_actor_of_a_principal_serves_nobody_else(string tenant, string client, string subject, string? key)
    {
        await using var engine = await StartAsync();
        var owner = engine.Principal(Alice);
        var stranger = owner.As(new Caller(tenant, client, subject, key));
        await Probe.FindsNothingAsync(stranger);
        Assert.False(await engine.HasRecordAsync(owner.Key));
        await owner.IncrementAsync();
        await Probe.FindsNothingAsync(stranger.Elsewhere());
        await engine.SendToSleepAsync();
        await Probe.FindsNothingAsync(stranger);
        Assert.Equal(2, await owner.IncrementAsync());
    }

    [Fact]
    public async Task The_actor_of_a_principal_is_not_opened()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        Assert.Equal(ReplyKind.NotFound, (await new EngineClient(engine, Alice, client.Key, ProtocolVersions.November2025).InitializeAsync()).Kind);
        Assert.False(await engine.HasRecordAsync(client.Key));
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_principal_that_was_idle_for_long_begins_anew()
    {
        await using var engine = await StartAsync(new SessionConfiguration { IdleTimeout = TimeSpan.FromMinutes(30) });
        var client = engine.Principal(Alice);
        await client.IncrementAsync(7);
        engine.Time.Advance(TimeSpan.FromMinutes(31));

        // The message that finds the time over may be the one that ends the former actor; a front end sends it again.
        await Eventually.Holds(() => client.Elsewhere().IsFoundAsync(), "the principal was found again");
        Assert.Equal(0, await client.CounterAsync());
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Fact]
    public async Task Handles_have_a_state_of_their_own_on_every_node()
    {
        await using var engine = await StartAsync();
        var principal = engine.Principal(Alice);
        var (first, second) = (await OpenHandleAsync(engine, principal), await OpenHandleAsync(engine, principal.Elsewhere()));
        Assert.True(await engine.HasRecordAsync(first.Client.Key));
        await principal.IncrementAsync(100);
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(i, await first.Client.At(i % engine.NodeCount).IncrementAsync());
        }

        Assert.Equal(1, await second.Client.IncrementAsync());
        await engine.SendToSleepAsync();
        Assert.Equal(5, await first.Client.IncrementAsync());
        Assert.Equal(2, await second.Client.IncrementAsync());
        Assert.Equal(101, await principal.IncrementAsync());
    }

    [Fact]
    public async Task A_handle_is_its_owners_alone_and_ends_with_session_close()
    {
        await using var engine = await StartAsync();
        var principal = engine.Principal(Alice);
        var (handle, client) = await OpenHandleAsync(engine, principal);
        await client.IncrementAsync();
        await Probe.FindsNothingAsync(client.As(Bob));
        await Probe.FindsNothingAsync(client.As(Alice with { Subject = "another user" }).Elsewhere());
        Assert.True((await engine.Principal(Bob).CallAsync("session_close", new { session = handle })).Failed);
        Assert.Equal(2, await client.IncrementAsync());

        var closed = await principal.Elsewhere().CallAsync("session_close", new { session = handle });
        Assert.False(closed.Failed, $"{closed.Code}: {closed.Text}");
        await NothingIsLeftOf(engine, client.Key);
        Assert.All(await Task.WhenAll(client.Everywhere().Select(through => through.IsFoundAsync())), Assert.False);
        Assert.True((await principal.CallAsync("session_close", new { session = handle })).Failed);
    }

    [Fact]
    public async Task Handles_count_as_sessions_of_their_client()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 2, OnCap = OnSessionCap.Refuse });
        var principal = engine.Principal(Alice);
        await engine.OpenAsync(Alice);
        var (handle, _) = await OpenHandleAsync(engine, principal);
        Assert.Equal("quota_exceeded", (await principal.Elsewhere().CallAsync("session_open")).Code);
        Assert.False((await principal.CallAsync("session_close", new { session = handle })).Failed);
        await OpenHandleAsync(engine, principal.Elsewhere());
    }

    [Fact]
    public async Task A_handle_that_cannot_be_stored_is_not_opened_and_gives_its_place_back()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { Sessions = 1 });
        var principal = engine.Principal(Alice);
        engine.StoreFails = true;
        Assert.True((await principal.CallAsync("session_open")).Failed);
        engine.StoreFails = false;
        Assert.Empty(await engine.Tenants(0).Get("acme").ListSessionsAsync("alice", CancellationToken.None));
        await OpenHandleAsync(engine, principal);
    }

    private static async Task<(string Handle, EngineClient Client)> OpenHandleAsync(IEngine engine, EngineClient principal)
    {
        var opened = await principal.CallAsync("session_open");
        Assert.False(opened.Failed, opened.ToString());
        var handle = (string)opened.Json["result"]!["structuredContent"]!["session"]!;
        Assert.Equal(TokenVerdict.Valid, engine.Ids.Judge(handle, principal.Caller, out var key));
        return (handle, principal.With(key));
    }
}
