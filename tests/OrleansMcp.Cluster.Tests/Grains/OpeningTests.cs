using System.Text;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>Openings that take long, or are asked for again because their answer was lost.</summary>
public sealed class OpeningTests : IAsyncLifetime
{
    private static readonly Caller s_bob = new("acme", "bob", "bob");

    private ClusterEngine _engine = null!;

    /// <summary>Callers whose credentials say what they may be used for, and one whose does not.</summary>
    public static TheoryData<string[]?> Scopes { get; } = new(null, [], ["tools", "resources"]);

    public async ValueTask InitializeAsync() => _engine = await ClusterEngine.StartClusterAsync(TestConfiguration.With());

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory]
    [MemberData(nameof(Scopes))]
    public async Task An_opening_that_takes_long_is_asked_after_and_happens_once(string[]? scopes)
    {
        var stored = new TaskCompletionSource();
        _engine.World.Storage.Held = stored.Task;
        var (grain, call) = New(Alice(scopes));
        Assert.Equal(CallFailure.Pending, (await grain.OpenAsync(call)).Failure);

        // The caller comes over the wire anew each time: the same identity, another object.
        Assert.Equal(CallFailure.Pending, (await grain.OpenAsync(call with { Caller = Alice(scopes), IsRepeat = true })).Failure);
        stored.SetResult();
        var opened = await OpenedAsync(grain, call with { Caller = Alice(scopes), IsRepeat = true });
        Assert.Equal((CallFailure.None, ReplyKind.Message), (opened.Failure, opened.Reply.Kind));
        Assert.Single(_engine.World.Registry.Keys);
        Assert.Contains("protocolVersion", Encoding.UTF8.GetString(opened.Reply.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_opening_whose_write_was_sent_to_the_store_twice_succeeds_and_keeps_its_place()
    {
        _engine.World.Storage.RepeatsWrites = true;
        var client = await ((IEngine)_engine).OpenAsync(Alice(null));
        _engine.World.Storage.RepeatsWrites = false;
        Assert.Equal(1, await client.IncrementAsync());
        Assert.Single(_engine.World.Registry.Keys);
    }

    [Fact]
    public async Task An_opening_reads_no_record_because_there_can_be_none()
    {
        await ((IEngine)_engine).OpenAsync(Alice(null)); // The tenant's ledgers are read with the first one.
        var reads = _engine.World.Storage.Reads;
        var client = await ((IEngine)_engine).OpenAsync(Alice(null));
        Assert.Equal(reads, _engine.World.Storage.Reads);
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Theory]
    [MemberData(nameof(Scopes))]
    public async Task A_slow_store_does_not_fail_an_opening(string[]? scopes)
    {
        var stored = new TaskCompletionSource();
        _engine.World.Storage.Held = stored.Task;
        var client = new EngineClient(_engine, Alice(scopes), _engine.Ids.Issue(Alice(scopes)).Key, "2025-11-25");
        var opening = client.InitializeAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => opening.WaitAsync(3 * SessionTimings.Poll, TimeProvider.System));
        stored.SetResult();
        Assert.Equal(ReplyKind.Message, (await opening).Kind);
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_opening_whose_answer_was_lost_is_answered_again(bool elsewhere)
    {
        var (grain, call) = New(Alice(null));
        var first = await OpenedAsync(grain, call);
        if (elsewhere)
        {
            await ((IEngine)_engine).SendToSleepAsync();
        }

        var again = await OpenedAsync(grain, call with { IsRepeat = true });
        Assert.Equal(Encoding.UTF8.GetString(first.Reply.Body.Span), Encoding.UTF8.GetString(again.Reply.Body.Span));
        Assert.Single(_engine.World.Registry.Keys);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_stranger_who_repeats_an_opening_gets_nothing_of_it(bool isRepeat, bool elsewhere)
    {
        var (grain, call) = New(Alice(null));
        await OpenedAsync(grain, call);
        if (elsewhere)
        {
            await ((IEngine)_engine).SendToSleepAsync();
        }

        var stranger = await OpenedAsync(grain, call with { Caller = s_bob, IsRepeat = isRepeat });
        if (stranger.Failure == CallFailure.Moved)
        {
            stranger = await OpenedAsync(grain, call with { Caller = s_bob, IsRepeat = true }); // As a front end does.
        }

        Assert.Equal((CallFailure.None, ReplyKind.NotFound), (stranger.Failure, stranger.Reply.Kind));
        Assert.True(stranger.Reply.Body.IsEmpty);
        Assert.DoesNotContain("bob", _engine.World.Storage.Text(((Orleans.Runtime.GrainReference)grain).GrainId), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attempt_that_lay_in_a_frozen_machine_does_not_open_again_what_has_ended(bool isRepeat)
    {
        var (grain, call) = New(Alice(null));
        await OpenedAsync(grain, call);
        while ((await grain.EndAsync(new EndCall(Alice(null)))).Failure == CallFailure.Pending)
        {
            // Asked again, as a front end does on a busy machine.
        }

        var late = await OpenedAsync(grain, call with { IsRepeat = isRepeat, SentAt = SentAt(ago: 2 * SessionTimings.LatestDelivery) });
        Assert.Equal(CallFailure.Moved, late.Failure);
        Assert.Empty(_engine.World.Registry.Keys);
        Assert.False(_engine.World.Storage.Has(((Orleans.Runtime.GrainReference)grain).GrainId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_marked_as_ended_is_not_opened_again(bool isRepeat)
    {
        var (grain, call) = New(Alice(null));
        await OpenedAsync(grain, call);
        await ((IEngine)_engine).SendToSleepAsync();
        var id = ((Orleans.Runtime.GrainReference)grain).GrainId;
        var store = new GrainSessionStore(_engine.World.Storage, id);
        var record = (await store.ClaimAsync(new SessionKey(id.Key.ToString()!)))!.Value.Record;
        await store.SaveAsync(record with { Ended = SessionEndReason.Closed }, default);

        var late = await OpenedAsync(grain, call with { IsRepeat = isRepeat });
        if (late.Failure == CallFailure.Moved)
        {
            late = await OpenedAsync(grain, call with { IsRepeat = true }); // As a front end does.
        }

        Assert.Equal((CallFailure.None, ReplyKind.NotFound), (late.Failure, late.Reply.Kind));
        Assert.False(_engine.World.Storage.Has(id));
    }

    [Fact]
    public async Task A_stranger_does_not_join_an_opening_that_runs()
    {
        var stored = new TaskCompletionSource();
        _engine.World.Storage.Held = stored.Task;
        var (grain, call) = New(Alice(null));
        var opening = grain.OpenAsync(call);
        await Eventually.Holds(() => _engine.World.Registry.Keys.Any(), "the opening ran");
        var stranger = await OpenedAsync(grain, call with { Caller = s_bob, IsRepeat = true });
        Assert.Equal(ReplyKind.NotFound, stranger.Reply.Kind);
        stored.SetResult();
        await opening;
    }

    /// <summary>Asks until there is an answer, as a front end does on a busy machine.</summary>
    private static async Task<OpenResult> OpenedAsync(ISessionGrain grain, OpenCall call)
    {
        var result = await grain.OpenAsync(call);
        while (result.Failure == CallFailure.Pending)
        {
            result = await grain.OpenAsync(call with { IsRepeat = true });
        }

        return result;
    }

    private (ISessionGrain Grain, OpenCall Call) New(Caller caller)
    {
        var key = _engine.Ids.Issue(caller).Key;
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(Rpc.Initialize(1, "2025-11-25")), out var initialize, out _));
        return (_engine.Cluster.Client.GetGrain<ISessionGrain>(key.Value), new OpenCall(caller, initialize, SentAt: SentAt()));
    }

    private static long SentAt(TimeSpan ago = default) => (TimeProvider.System.GetUtcNow() - ago).UtcTicks;

    private static Caller Alice(string[]? scopes) =>
        new("acme", "alice", "alice") { Scopes = scopes?.ToHashSet(StringComparer.Ordinal) };
}
