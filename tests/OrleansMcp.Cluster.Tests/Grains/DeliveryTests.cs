using System.Text;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>Messages that are delivered more than once, or too late.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private const long Sender = 77;

    private static readonly Caller s_alice = new("acme", "alice", "alice");

    private ClusterEngine _engine = null!;
    private EngineClient _client = null!;
    private long _sequence = 100;

    public async ValueTask InitializeAsync()
    {
        _engine = await ClusterEngine.StartClusterAsync(TestConfiguration.With());
        _client = await ((IEngine)_engine).OpenAsync(s_alice);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_message_that_is_delivered_twice_runs_once_and_is_answered_twice()
    {
        var call = Increment();
        var first = await AnsweredAsync(call);
        var second = await AnsweredAsync(call);
        Assert.Equal((PostState.Answered, PostState.Answered), (first.State, second.State));
        Assert.Equal(Encoding.UTF8.GetString(first.Reply.Body.Span), Encoding.UTF8.GetString(second.Reply.Body.Span));
        Assert.Equal(2, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_client_that_repeats_what_failed_is_not_told_of_the_failure_again()
    {
        var call = Increment();
        _engine.World.Storage.RefusesWrites = true;
        Assert.Contains("isError", Text(await AnsweredAsync(call)), StringComparison.Ordinal);
        _engine.World.Storage.RefusesWrites = false;
        Assert.Contains("isError", Text(await AnsweredAsync(call)), StringComparison.Ordinal); // the same delivery once more
        Assert.Contains("\"text\":\"1\"", Text(await AnsweredAsync(Again(call))), StringComparison.Ordinal);
        Assert.Contains("\"text\":\"1\"", Text(await AnsweredAsync(Again(call))), StringComparison.Ordinal);
        Assert.Equal(2, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_client_that_repeats_what_may_not_run_twice_hears_what_became_of_it()
    {
        _engine.Gates["once"].Open();
        var call = Call("test_gate", new { gate = "once" });
        var first = Text(await AnsweredAsync(call));
        Assert.Equal(first, Text(await AnsweredAsync(Again(call))));
        Assert.Equal(1, _engine.Gates["once"].Passed);
    }

    [Fact]
    public async Task An_answer_is_held_until_its_sender_is_known_to_have_it()
    {
        var gate = _engine.Gates["held"];
        gate.Open();
        var first = Call("test_gate", new { gate = "held" });
        await AnsweredAsync(first);
        await PassAsync(settled: 1);
        Assert.Equal(PostState.Answered, (await AnsweredAsync(first with { SentAt = Now() })).State);

        // Its sender has heard this one and those before it.
        await PassAsync(settled: _sequence);
        Assert.Equal(PostState.Unknown, (await AnsweredAsync(first with { SentAt = Now() })).State);
        Assert.Equal(1 + (2 * 20), gate.Passed);

        async Task PassAsync(long settled)
        {
            for (var i = 0; i < 20; i++)
            {
                var call = Call("test_gate", new { gate = "held" });
                await AnsweredAsync(call with { Options = call.Options with { Delivery = call.Options.Delivery with { Settled = settled } } });
            }
        }
    }

    [Fact]
    public async Task A_deliverys_name_is_no_credential()
    {
        var call = Call("engine_echo", new { text = "for alice only" });
        await AnsweredAsync(call);
        var stranger = await AnsweredAsync(call with { Caller = new Caller("acme", "bob", "bob") });
        Assert.Equal(ReplyKind.NotFound, stranger.Reply.Kind);
        Assert.True(stranger.Reply.Body.IsEmpty);
    }

    [Fact]
    public async Task What_a_lost_run_did_to_the_state_is_not_done_again_by_another_activation()
    {
        var call = Increment();
        await AnsweredAsync(call);
        await ((IEngine)_engine).SendToSleepAsync();
        var again = await AnsweredAsync(call with { SentAt = Now() });
        Assert.Contains("\"text\":\"1\"", Encoding.UTF8.GetString(again.Reply.Body.Span), StringComparison.Ordinal);
        Assert.Equal(2, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_delivery_that_was_settled_on_another_way_is_late_and_does_not_run()
    {
        var late = Increment();
        await AnsweredAsync(Increment() with { });
        var newer = Increment();
        await AnsweredAsync(newer with { Options = newer.Options with { Delivery = newer.Options.Delivery with { Settled = newer.Options.Delivery.Sequence } } });
        Assert.Equal(PostState.Unknown, (await AnsweredAsync(late)).State);

        // Not even by an activation that has seen none of it.
        await ((IEngine)_engine).SendToSleepAsync();
        Assert.Equal(PostState.Unknown, (await AnsweredAsync(late)).State);
        Assert.Equal(3, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_delivery_that_lay_somewhere_for_long_does_not_run()
    {
        Assert.Equal(PostState.Unknown, (await AnsweredAsync(Increment() with { SentAt = Now() - TimeSpan.FromSeconds(11).Ticks })).State);
        Assert.Equal(1, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_message_that_may_not_run_again_is_only_asked_after()
    {
        Assert.Equal(PostState.Unknown, (await AnsweredAsync(Increment().AsQuestion())).State);
        var call = Increment();
        await AnsweredAsync(call);
        Assert.Equal(PostState.Answered, (await AnsweredAsync(call.AsQuestion())).State);
        Assert.Equal(2, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_call_that_takes_long_is_pending_and_then_answered()
    {
        var call = Call("test_gate", new { gate = "long" });
        Assert.Equal(PostState.Pending, (await PostAsync(call)).State);
        _engine.Gates["long"].Open();
        var answered = await AnsweredAsync(call.AsQuestion());
        Assert.Equal(PostState.Answered, answered.State);
        Assert.Contains("through", Encoding.UTF8.GetString(answered.Reply.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_of_a_stream_are_held_until_they_are_known_to_have_arrived()
    {
        var grain = _engine.Cluster.Client.GetGrain<ISessionGrain>(_client.Key.Value);
        var reader = Guid.NewGuid();
        var read = new ReadCall(s_alice, reader, new StreamRequest(0), 0, TimeSpan.FromMilliseconds(50));
        var first = await grain.ReadAsync(read);
        var again = await grain.ReadAsync(read with { Stream = null });
        Assert.Equal(SessionEventKind.Opened, Assert.Single(first.Items).Kind);
        Assert.Equal(first.Items, again.Items);
        Assert.Empty((await grain.ReadAsync(read with { Stream = null, After = 1 })).Items);
    }

    [Fact]
    public async Task A_readers_name_is_no_credential()
    {
        var grain = _engine.Cluster.Client.GetGrain<ISessionGrain>(_client.Key.Value);
        var read = new ReadCall(s_alice, Guid.NewGuid(), new StreamRequest(0), 0, TimeSpan.FromMilliseconds(50));
        await grain.ReadAsync(read);
        var stranger = await grain.ReadAsync(read with { Caller = new Caller("acme", "bob", "bob"), Stream = null });
        Assert.True(stranger.IsUnknown);
        Assert.Empty(stranger.Items);
    }

    /// <summary>Asks until there is an answer, as a front end does on a busy machine.</summary>
    private async Task<PostResult> AnsweredAsync(PostCall call)
    {
        var result = await PostAsync(call);
        while (result.State == PostState.Pending)
        {
            result = await PostAsync(call with { SentAt = Now() });
        }

        return result;
    }

    private static string Text(PostResult result) => Encoding.UTF8.GetString(result.Reply.Body.Span);

    /// <summary>The same request, sent once more by its client under the same name.</summary>
    private PostCall Again(PostCall call) => call with
    {
        SentAt = Now(), Options = call.Options with { Delivery = call.Options.Delivery with { Sequence = ++_sequence } },
    };

    private static long Now() => TimeProvider.System.GetUtcNow().UtcTicks;

    private PostCall Increment() => Call("engine_increment", new { });

    private PostCall Call(string tool, object arguments)
    {
        var sequence = ++_sequence;
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(Rpc.Call(sequence, tool, arguments)), out var message, out _));
        var name = new DeliveryName(Guid.NewGuid(), Sender, sequence, Settled: 1);
        return new PostCall(s_alice, message, Batch: null, new PostOptions(AcceptsStream: false, Delivery: name), Now());
    }

    private Task<PostResult> PostAsync(PostCall call) => _engine.Cluster.Client.GetGrain<ISessionGrain>(_client.Key.Value).PostAsync(call);
}
