using System.Text;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Calls;

public sealed class CallChargesTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task A_request_is_charged_while_its_handler_runs_and_not_longer()
    {
        var padding = new string('x', 100_000);
        var reply = Start(_bench, _bench.Request("tools/call", Rpc.CallParams("bench_wait", new { gate = "gate", padding })));
        await _bench.Gates["gate"].Entered;
        Assert.InRange(_bench.Memory.Held, 200_000, 300_000);
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
        await Eventually.Holds(() => _bench.Memory.Held == 0, "nothing was charged any more");
    }

    [Fact]
    public async Task What_a_front_end_charged_goes_over_to_the_call_and_ends_with_it()
    {
        var message = _bench.Request("tools/call", Rpc.CallParams("bench_wait", new { gate = "gate" }));
        var held = _bench.Memory.Hold(SessionBench.Alice);
        held.Take(5000);
        message.GiveHeld(held);
        var reply = Start(_bench, message);
        await _bench.Gates["gate"].Entered;
        Assert.Null(message.TakeHeld());
        Assert.Equal(5000, _bench.Memory.Held);
        _bench.Gates["gate"].Open();
        await reply.InTime("the call was answered");
        await Eventually.Holds(() => _bench.Memory.Held == 0, "nothing was charged any more");
    }

    [Fact]
    public async Task A_handler_that_waits_for_its_user_holds_its_arguments_until_it_ends()
    {
        var bench = new SessionBench(isPrincipal: true);
        var message = bench.Request("tools/call", Rpc.CallParams("bench_elicit"));
        var charged = JsonCost.Of(message.Utf8.Span).Held;
        var reply = await Start(bench, message).InTime("the user was asked");
        Assert.Contains("requestState", reply.Json().ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(charged, bench.Memory.Held);
        bench.Calls.CancelAll(CancelReason.SessionEnded);
        await Eventually.Holds(() => bench.Memory.Held == 0, "what the handler held was given back");
    }

    [Fact]
    public void A_call_that_was_answered_before_it_was_charged_holds_nothing()
    {
        var call = _bench.ToolCall();
        var held = _bench.Memory.Hold(SessionBench.Alice);
        held.Take(5000);
        call.Drop(); // Another thread has cancelled and answered it.
        call.Hold(held);
        Assert.Equal(0, _bench.Memory.Held);
    }

    [Fact]
    public async Task A_client_that_holds_its_part_is_refused_in_the_form_of_its_request()
    {
        using var others = Full(_bench);
        var tool = await Start(_bench, _bench.Request("tools/call", Rpc.CallParams("bench_echo", new { text = "x" })));
        Assert.Equal("quota_exceeded", (string?)tool.Json()["result"]!["structuredContent"]?["code"] ?? CodeIn(tool));
        var read = await Start(_bench, _bench.Request("resources/read", new { uri = "bench://one" }, id: 9));
        Assert.Equal((429, 1, 9), (read.Status, read.RetryAfterSeconds, (int)read.Json()["id"]!));
        Assert.Equal(("quota_exceeded", "heldBytes", "client"), Details(read));
        Assert.Equal(2, _bench.Raised(SignalName.QuotaExceeded));
        Assert.Equal(0, _bench.Tools.Runs);
    }

    [Fact]
    public async Task An_answer_that_would_hold_too_much_is_not_given()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: new QuotaConfiguration { HeldBytes = 300_000 }));
        var reply = await Start(bench, bench.Request("tools/call", Rpc.CallParams("bench_echo", new { text = new string('x', 100_000) })));
        Assert.Equal("quota_exceeded", CodeIn(reply));
        Assert.Equal(1, bench.Tools.Runs);
        Assert.Equal(0, bench.Memory.Held);
        reply = await Start(bench, bench.Request("tools/call", Rpc.CallParams("bench_echo", new { text = new string('x', 10_000) })));
        Assert.DoesNotContain("quota_exceeded", reply.Json().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_is_given_up_when_the_process_needs_what_it_holds()
    {
        var reply = Start(_bench, _bench.Request("tools/call", Rpc.CallParams("bench_wait", new { gate = "gate", padding = new string('x', 100_000) })));
        await _bench.Gates["gate"].Entered;
        var small = new List<HeldBytes>(); // of others: too small to be given up
        while (_bench.Memory.Held < _bench.Memory.Limit)
        {
            small.Add(_bench.Memory.Hold("globex", "carol"));
            small[^1].TakeAnyway(100_000);
        }

        Assert.Equal("quota_exceeded", CodeIn(await reply.InTime("the call was given up")));
        small.ForEach(one => one.Dispose());
        await Eventually.Holds(() => _bench.Memory.Held == 0, "nothing was charged any more");
    }

    [Fact]
    public async Task Messages_that_precede_an_answer_are_charged_until_they_are_read_or_dropped()
    {
        var stream = _bench.Streams.Open(abandoned: null);
        await _bench.Streams.Set.AppendAsync(stream, new byte[100_000], last: false, CancellationToken.None);
        Assert.InRange(_bench.Memory.Held, 100_000, 102_000);
        using (Full(_bench, leave: 50_000))
        {
            await Assert.ThrowsAsync<QuotaExceededException>(async () =>
                await _bench.Streams.Set.AppendAsync(stream, new byte[100_000], last: false, CancellationToken.None));
            await _bench.Streams.Set.AppendAsync(stream, new byte[1000], last: false, CancellationToken.None); // small ones are taken
        }

        _bench.Streams.CloseAll();
        Assert.Equal(0, _bench.Memory.Held);
    }

    [Fact]
    public async Task What_is_held_for_a_replay_makes_room_for_what_nobody_has_read()
    {
        for (var i = 0; i < 8; i++)
        {
            await _bench.Streams.Set.AppendToOwnAsync(new byte[100_000], CancellationToken.None); // without a reader: for a replay
        }

        using var others = Full(_bench, leave: 1000);
        var before = _bench.Memory.Held;
        await _bench.Streams.Set.AppendToOwnAsync(new byte[200_000], CancellationToken.None);
        Assert.InRange(_bench.Memory.Held, before - 200_000, before + 1000);
        _bench.Streams.CloseAll();
    }

    [Fact]
    public async Task The_time_that_a_large_request_takes_is_charged_as_computing()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: new QuotaConfiguration { ComputeSecondsPerMinute = 60 }));
        var message = bench.Request("tools/call", Rpc.CallParams("bench_echo", new { text = "x", padding = new string('x', 100_000) }));
        Assert.True(message.ParsedIn > TimeSpan.Zero);
        await Start(bench, message);
        await bench.Account.SettleAsync();
        var left = (await bench.Account.ReadAsync(CancellationToken.None)).Single(one => one.Name == "computeSecondsPerMinute");
        Assert.True(left.Left < 60, $"{left.Left} s are left of 60.");
        Assert.Equal(TimeSpan.Zero, bench.Request("ping").ParsedIn);
    }

    [Fact]
    public void A_handler_on_another_thread_gives_its_client_no_share_back()
    {
        using var held = _bench.Memory.Hold(SessionBench.Alice);
        held.Computed(TimeSpan.FromSeconds(1), _bench.Time);
        var before = held.Wait(_bench.Time);
        var call = _bench.Call("ping");
        call.Hold(_bench.Memory.Hold(SessionBench.Alice));
        call.HandledIn = TimeSpan.FromSeconds(10);
        _bench.Charges.Dispatched(call, TimeSpan.FromSeconds(1));
        Assert.Equal(before, held.Wait(_bench.Time));
        call.HandledIn = TimeSpan.FromSeconds(1);
        _bench.Charges.Dispatched(call, TimeSpan.FromSeconds(3));
        Assert.Equal(before + TimeSpan.FromSeconds(10), held.Wait(_bench.Time)); // two seconds of checks, by a fifth of a processor
    }

    [Fact]
    public void A_client_is_told_whether_it_is_itself_that_holds_too_much()
    {
        Assert.Equal(429, QuotaJson.StatusOf(new QuotaRefusal(Quota.HeldBytes, QuotaScope.Tenant, 1)));
        Assert.Equal(503, QuotaJson.StatusOf(new QuotaRefusal(Quota.HeldBytes, QuotaScope.Process, 1)));
    }

    private static Task<SessionReply> Start(SessionBench bench, McpMessage message)
    {
        var sink = bench.Sink();
        bench.Runner.Start(SessionBench.Alice, message, sink, options: default, CancellationToken.None);
        return sink.ReplyAsync().AsTask();
    }

    /// <summary>The owner's client holds all that it may, but for some bytes.</summary>
    private static HeldBytes Full(SessionBench bench, long leave = 0)
    {
        var held = bench.Memory.Hold(SessionBench.Alice);
        held.Take((bench.Memory.Limit / 4) - leave - bench.Memory.Held);
        return held;
    }

    private static string? CodeIn(SessionReply reply) =>
        Encoding.UTF8.GetString(reply.Body.Span).Contains("quota_exceeded", StringComparison.Ordinal) ? "quota_exceeded" : reply.Json().ToJsonString();

    private static (string?, string?, string?) Details(SessionReply reply)
    {
        var data = reply.Json()["error"]!["data"]!;
        return ((string?)data["code"], (string?)data["quota"], (string?)data["scope"]);
    }
}
