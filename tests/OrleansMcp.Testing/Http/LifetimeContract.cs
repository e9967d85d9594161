using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Sessions end by themselves: idle, or at the end of their life.</summary>
public abstract class LifetimeContract
{
    private static readonly SessionConfiguration s_sessions = new()
    {
        IdleTimeout = TimeSpan.FromMinutes(30),
        Lifetime = TimeSpan.FromHours(2),
        PassivateAfter = TimeSpan.FromMinutes(2),
    };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task An_idle_session_ends_and_stays_ended()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        _time.Advance(TimeSpan.FromMinutes(31));
        (await client.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        (await client.GetAsync()).Expect(HttpStatusCode.NotFound);
        (await client.DeleteAsync()).Expect(HttpStatusCode.NotFound);
        await server.RestartAsync();
        (await client.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_session_in_use_does_not_idle_out_but_its_life_ends()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        for (var i = 1; i <= 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal(i, await client.IncrementAsync());
        }

        _time.Advance(TimeSpan.FromMinutes(21));
        (await client.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_session_that_left_memory_comes_back_as_it_was()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync("2025-06-18");
        await client.IncrementAsync(41);
        await server.SendToSleepAsync(_time);
        Assert.Equal(42, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_session_whose_life_ended_while_the_server_was_down_is_gone()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        using var young = server.Client();
        _time.Advance(TimeSpan.FromMinutes(20));
        await young.OpenAsync();
        await client.IncrementAsync();
        await server.StopAsync();
        _time.Advance(TimeSpan.FromMinutes(101));
        await server.StartAgainAsync();
        (await client.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        Assert.True(await young.IsAliveAsync(), "Nobody could use it while the server was down: that is not idleness.");
    }

    [Fact]
    public async Task A_session_that_ended_by_itself_gives_its_place_back()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = _time,
            Configuration = TestConfiguration.With(s_sessions, quotas: new QuotaConfiguration { Sessions = 1, OnCap = OnSessionCap.Refuse }),
        });
        using var first = await server.Client().OpenAsync();
        using var second = server.Client();
        (await second.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.TooManyRequests);
        _time.Advance(TimeSpan.FromMinutes(31));
        await Eventually.Holds(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(30));
                return (await second.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Status == HttpStatusCode.OK;
            },
            "the place of the idle session was free");
    }

    [Fact]
    public async Task A_session_that_listens_is_in_use()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        (await client.PostAsync(Rpc.Request("s", "resources/subscribe", new { uri = "test://listening" }))).Expect(HttpStatusCode.OK);
        using var listening = await client.ListenAsync();
        _time.Advance(TimeSpan.FromMinutes(20));
        await client.CallTextAsync("test_touch", new { uri = "test://listening" });
        await listening.Events.UntilMethodAsync("notifications/resources/updated");
    }

    private Task<TestServer> StartAsync() =>
        TestServer.StartAsync(new TestServerOptions { Time = _time, Configuration = TestConfiguration.With(s_sessions) });
}
