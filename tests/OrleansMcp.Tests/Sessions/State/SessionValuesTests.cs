using ModelContextProtocol;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.State;

public sealed class SessionValuesTests
{
    private readonly SessionBench _bench = new(TestConfiguration.With(new SessionConfiguration { MaxStateBytes = 4000 }));

    [Fact]
    public async Task A_value_is_what_was_last_made_durable()
    {
        Assert.Equal(0, _bench.Values.Get<int>("count"));
        Assert.Equal(1, await CountAsync(_bench.ToolCall()));
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<McpException>(() => CountAsync(_bench.ToolCall()));
        Assert.Equal(1, _bench.Values.Get<int>("count"));
        Assert.Equal(2, await CountAsync(_bench.ToolCall()));
        Assert.Equal(2, _bench.Store[_bench.Record.Key]!.State["count"].GetInt32());
    }

    [Fact]
    public async Task A_change_that_throws_changes_nothing()
    {
        await Assert.ThrowsAsync<McpException>(() => _bench.Values.UpdateAsync<int>(
            _bench.ToolCall(), "count", _ => throw new McpException("No."), CancellationToken.None));
        Assert.Empty(_bench.Store.Operations);
    }

    [Fact]
    public async Task A_delivery_that_comes_again_gets_what_it_made_and_makes_it_once()
    {
        var delivery = new DeliveryName(Guid.NewGuid(), Sender: 1, Sequence: 5);
        Assert.Equal(1, await CountAsync(Delivered(delivery)));
        Assert.Equal(2, await CountAsync(_bench.ToolCall()));
        Assert.Equal(1, await CountAsync(Delivered(delivery)));
        Assert.Equal(2, _bench.Values.Get<int>("count"));
    }

    [Fact]
    public async Task Each_step_of_a_delivery_is_a_change_of_its_own()
    {
        var delivery = new DeliveryName(Guid.NewGuid(), Sender: 1, Sequence: 5);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var call = Delivered(delivery);
            Assert.Equal((1, 2), (await CountAsync(call), await CountAsync(call)));
        }

        Assert.Equal(2, _bench.Values.Get<int>("count"));
    }

    [Fact]
    public async Task A_delivery_that_made_more_than_is_held_is_not_made_again()
    {
        var delivery = new DeliveryName(Guid.NewGuid(), Sender: 1, Sequence: 5);
        await SetAsync(Delivered(delivery), new string('x', 2000));
        var again = await Assert.ThrowsAsync<McpException>(() => SetAsync(Delivered(delivery), "other"));
        Assert.Contains("no longer held", again.Message, StringComparison.Ordinal);
        Assert.Equal(2000, _bench.Values.Get<string>("text")!.Length);
    }

    [Fact]
    public async Task A_state_that_would_become_too_large_is_refused_and_the_former_one_stays()
    {
        await SetAsync(_bench.ToolCall(), "small");
        var refusal = await Assert.ThrowsAsync<McpException>(() => SetAsync(_bench.ToolCall(), new string('x', 4000)));
        Assert.Contains("4000 bytes", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("small", _bench.Values.Get<string>("text"));
    }

    [Fact]
    public async Task A_call_whose_permission_was_taken_away_changes_nothing_any_more()
    {
        var call = _bench.ToolCall();
        call.Revoke();
        await Assert.ThrowsAsync<McpException>(() => CountAsync(call));
        Assert.Empty(_bench.Store.Operations);
    }

    [Fact]
    public async Task A_call_whose_permission_is_taken_away_while_it_waits_for_its_turn_changes_nothing()
    {
        var turn = await _bench.Writer.EnterAsync(CancellationToken.None);
        var call = _bench.ToolCall();
        var counting = CountAsync(call);
        call.Revoke();
        turn.Dispose();
        await Assert.ThrowsAsync<McpException>(() => counting);
        Assert.Empty(_bench.Store.Operations);
    }

    private RunningCall Delivered(DeliveryName name) => _bench.Call(_bench.Request("tools/call", Rpc.CallParams("bench_echo")), delivery: name);

    private Task<int> CountAsync(RunningCall call) => _bench.Values.UpdateAsync<int>(call, "count", value => value + 1, CancellationToken.None);

    private Task<string> SetAsync(RunningCall call, string text) => _bench.Values.UpdateAsync<string>(call, "text", _ => text, CancellationToken.None);
}
