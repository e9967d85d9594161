using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>What was acknowledged is durable, and what was refused never happened.</summary>
public abstract class StateContract : EngineContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_that_cannot_be_stored_is_an_error_and_never_happened(bool restart)
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        Assert.Equal(1, await client.IncrementAsync());

        engine.StoreFails = true;
        foreach (var through in client.Everywhere())
        {
            Assert.True((await through.CallAsync("engine_increment")).Failed);
            Assert.Equal("still here", await through.CallTextAsync("engine_echo", new { text = "still here" }));
            Assert.Equal(1, await through.CounterAsync());
        }

        engine.StoreFails = false;
        Assert.Equal(2, await client.Elsewhere().IncrementAsync());
        await LeaveMemoryAsync(engine, restart);
        Assert.Equal(3, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_principal_whose_first_change_cannot_be_stored_keeps_nothing()
    {
        await using var engine = await StartAsync();
        var client = engine.Principal(Alice);
        engine.StoreFails = true;
        Assert.True((await client.CallAsync("engine_increment")).Failed);
        Assert.False(await engine.HasRecordAsync(client.Key));
        engine.StoreFails = false;
        Assert.Equal(1, await client.Elsewhere().IncrementAsync());
    }

    [Fact]
    public async Task A_setting_that_cannot_be_stored_is_an_error_and_not_in_force()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        engine.StoreFails = true;
        Assert.NotNull((await client.RequestAsync("resources/subscribe", new() { ["uri"] = "test://refused" }))["error"]);
        Assert.NotNull((await client.RequestAsync("logging/setLevel", new() { ["level"] = "error" }))["error"]);
        engine.StoreFails = false;
        await client.SubscribeAsync("test://taken");
        await using var listening = await client.ListenAsync();
        await client.CallTextAsync("test_touch", new { uri = "test://refused" });
        await client.CallTextAsync("test_touch", new { uri = "test://taken" });
        Assert.Equal("test://taken", (string)(await listening.UntilMethodAsync("notifications/resources/updated")).Params!["uri"]!);
        await using var logging = await client.StreamAsync("test_log");
        var logged = (await logging.ToEndAsync()).Where(message => message.Method == "notifications/message");
        Assert.Contains(logged, message => (string)message.Params!["level"]! == "debug");
    }

    [Fact]
    public async Task A_session_sleeps_although_the_store_takes_nothing_and_returns_with_what_was_acknowledged()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        await client.IncrementAsync(5);
        Assert.True(await client.IsFoundAsync());
        engine.StoreFails = true;
        await engine.SendToSleepAsync();
        engine.StoreFails = false;
        Assert.Equal(6, await client.Elsewhere().IncrementAsync());
    }

    [Fact]
    public async Task State_over_the_limit_is_refused_and_the_former_stands()
    {
        await using var engine = await StartAsync(new SessionConfiguration { MaxStateBytes = 10_000 });
        var client = await engine.OpenAsync(Alice);
        await client.IncrementAsync();
        Assert.Equal("filled", await client.CallTextAsync("engine_fill", new { bytes = 9_000 }));
        var refused = await client.Elsewhere().CallAsync("engine_fill", new { bytes = 10_000 });
        Assert.True(refused.Failed);
        Assert.Contains("10000", refused.Text, StringComparison.Ordinal);
        Assert.Equal(2, await client.IncrementAsync());
        await engine.SendToSleepAsync();
        Assert.Equal(3, await client.IncrementAsync());
        Assert.Equal("filled", await client.CallTextAsync("engine_fill", new { bytes = 1 }));
    }

    [Fact]
    public async Task State_of_the_size_that_the_configuration_allows_by_default_is_kept()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var bytes = new SessionConfiguration().MaxStateBytes - 100;
        Assert.Equal("filled", await client.CallTextAsync("engine_fill", new { bytes }));
        await engine.SendToSleepAsync();
        Assert.Equal(1, await client.Elsewhere().IncrementAsync());
    }

    [Fact]
    public async Task Changes_made_at_once_through_all_nodes_are_all_made()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var values = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.At(i % engine.NodeCount).IncrementAsync()));
        Assert.Equal(Enumerable.Range(1, 100).Select(value => (long)value), values.Order());
        await engine.SendToSleepAsync();
        Assert.Equal(100, await client.CounterAsync());
    }
}
